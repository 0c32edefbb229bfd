#!/usr/bin/env python3
"""Two members of a group, from Python through the C interface: two_members.py [libdmls.so.0]"""

import ctypes
import sys

LIBRARY = ctypes.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libdmls.so.0")


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("rule", ctypes.c_char_p)]


def call(name, *arguments):
    """Calls a function that can fail."""
    function = getattr(LIBRARY, name)
    function.restype = Error
    error = function(*arguments)
    if error.code:
        raise RuntimeError(f"{name}: 0x{error.code:04x} {error.rule.decode()}")


def lent(name, restype, *arguments):
    """Calls an accessor."""
    function = getattr(LIBRARY, name)
    function.restype = restype
    return function(*arguments)


def octets_in(data):
    """Octets as the pointer and length that functions take."""
    return ctypes.c_char_p(data), ctypes.c_size_t(len(data))



def octets(pointer):
    size = lent("dmls_octets_size", ctypes.c_size_t, pointer)
    return ctypes.string_at(lent("dmls_octets_data", ctypes.c_void_p, pointer), size) if size else b""


class Handle(ctypes.c_void_p):
    """A handle that frees itself."""

    def __init__(self, free, name, *arguments):
        super().__init__()
        self.free = free
        call(name, *arguments, ctypes.byref(self))

    def release(self):
        """For a function that consumes the handle."""
        value, self.value = self.value, None
        return ctypes.c_void_p(value)

    def __del__(self):
        if self.value:
            getattr(LIBRARY, self.free)(ctypes.c_void_p(self.value))


def client(name):
    config = Handle("dmls_config_free", "dmls_config_new", ctypes.c_uint16(1))
    call("dmls_config_basic_identity", config, *octets_in(name), None, ctypes.c_size_t(0))
    call("dmls_config_accept_everything", config)  # authenticates nobody: for this example only
    return Handle("dmls_client_free", "dmls_client_new", config)


def main():
    none = (None, ctypes.c_size_t(0))
    alice, bob = client(b"alice"), client(b"bob")
    a = Handle("dmls_group_free", "dmls_client_create_group", alice, *none)
    package = octets(Handle("dmls_octets_free", "dmls_client_key_package", bob, 0))

    request = Handle("dmls_commit_request_free", "dmls_commit_request_new")
    call("dmls_commit_request_add", request, *octets_in(package))
    commit = Handle("dmls_transition_free", "dmls_group_commit", a, request)
    welcomes = Handle("dmls_octets_list_free", "dmls_transition_welcomes", commit)
    first = lent("dmls_octets_list_get", ctypes.c_void_p, welcomes, ctypes.c_size_t(0))
    welcome = octets(ctypes.c_void_p(first))
    call("dmls_group_merge", a, commit.release())

    entry = Handle("dmls_transition_free", "dmls_client_join", bob, *octets_in(welcome), *none, None)
    b = Handle("dmls_group_free", "dmls_client_enter", bob, entry.release())

    message = octets(Handle("dmls_octets_free", "dmls_group_protect", a, *octets_in(b"hello"), *none))
    events = Handle("dmls_events_free", "dmls_group_process", b, *octets_in(message))
    who = octets(ctypes.c_void_p(lent("dmls_events_sender", ctypes.c_void_p, events, ctypes.c_size_t(0))))
    what = octets(ctypes.c_void_p(lent("dmls_events_data", ctypes.c_void_p, events, ctypes.c_size_t(0))))
    print(f"{who.decode()}: {what.decode()}")
    return 0 if (who, what) == (b"alice", b"hello") else 1


if __name__ == "__main__":
    sys.exit(main())
