#!/bin/bash
# Does a fresh clone work on a Debian 12 that has git and a shell, and nothing else? Makes such a system with debootstrap,
# clones into it, and runs ./dev demo and ./dev test, each twice; then installs the package and builds and runs its consumers:
# CMake, pkg-config with a plain compiler, C. Prints how long each took. Needs root, debootstrap and about 3 GB.
#
# usage: tools/chroot_check.sh [COMMAND...]     commands of ./dev to run; default: demo test demo test
#        tools/chroot_check.sh --consumers      only the consumers, on this system, after ./dev build
#
# Environment:
#   DMLS_MIRROR        Debian mirror (default: http://deb.debian.org/debian)
#   DMLS_CHROOT        where to make the system (default: a directory below /var/tmp); it is removed at the end
#   DMLS_CHROOT_KEEP   set: do not remove it
# The host's apt proxy and date settings, resolv.conf and hosts are carried over; vectors (MLS_VECTORS and the like) are
# mounted read-only.
set -euo pipefail
source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mirror=${DMLS_MIRROR:-http://deb.debian.org/debian}
commands=("$@")
[ ${#commands[@]} -gt 0 ] || commands=(demo test demo test)

# consumers RUN...: each way into a program, by `RUN... sh -c COMMAND` in the clone.
consumers() {
  local way begin
  for way in installed pkg-config c; do
    begin=$SECONDS
    "$@" /bin/sh -c "tests/install/run.sh $way \"\$PWD\" \"\$PWD/build/release\" \"\$PWD/build/consumers\" g++ none" \
      </dev/null >"$log" 2>&1 || { tail -n 40 "$log"; echo "consumer $way: FAILED"; return 1; }
    echo "consumer $way: ok after $((SECONDS - begin)) s"
  done
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ "${1:-}" = --consumers ]; then
  cd "$source_root"
  consumers env
  exit
fi

[ "$(id -u)" = 0 ] || { echo "chroot_check: must be root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "chroot_check: apt-get install debootstrap" >&2; exit 2; }

target=${DMLS_CHROOT:-$(mktemp -d /var/tmp/dmls-chroot-XXXXXX)}
mounts=()
finish() {
  local mount
  rm -f "$log"
  for mount in "${mounts[@]}"; do umount -l "$mount" || true; done
  if [ -z "${DMLS_CHROOT_KEEP:-}" ] && ! grep -q " $target/" /proc/mounts; then rm -rf --one-file-system "$target"; fi
}
trap finish EXIT

megabytes() { du -smx "$target" | cut -f 1; }

debootstrap --variant=minbase --include=git,ca-certificates bookworm "$target" "$mirror" >"$target.log" 2>&1 ||
  { tail -n 20 "$target.log"; exit 1; }
rm -f "$target.log"
apt-config dump Acquire | grep -E '::(Proxy|Check-(Date|Valid-Until))' >"$target/etc/apt/apt.conf.d/90host" || true
for file in /etc/resolv.conf /etc/hosts; do
  if [ -e $file ]; then rm -f "$target$file"; cp -L $file "$target$file"; fi
done
mount -t proc proc "$target/proc" && mounts=("$target/proc" "${mounts[@]}")
mount --bind /dev "$target/dev" && mounts=("$target/dev" "${mounts[@]}")

environment=(HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin CI="${CI:-}")
for variable in MLS_VECTORS HPKE_VECTORS WYCHEPROOF_VECTORS; do
  if [ -n "${!variable:-}" ]; then
    mkdir -p "$target/mnt/$variable"
    mount --bind -o ro "$(realpath "${!variable}")" "$target/mnt/$variable"
    mounts=("$target/mnt/$variable" "${mounts[@]}")
    environment+=("$variable=/mnt/$variable")
  fi
done

git clone --quiet --no-hardlinks "$source_root" "$target/root/dmls"
echo "system before: $(megabytes) MB, $(chroot "$target" dpkg-query -f '.\n' -W | wc -l) packages"
for command in "${commands[@]}"; do
  begin=$SECONDS
  status=0
  chroot "$target" /usr/bin/env -i "${environment[@]}" /bin/sh -c "cd /root/dmls && ./dev $command" </dev/null || status=$?
  echo "./dev $command: exit $status after $((SECONDS - begin)) s; system $(megabytes) MB"
  [ $status = 0 ] || exit $status
done
consumers chroot "$target" /usr/bin/env -i -C /root/dmls "${environment[@]}"
echo "all of it: $SECONDS s"
