"""Extensions of a GroupContext, from the words that scenarios use."""


def vector(octets):
    """opaque data<V>, RFC 9420 §2.1.2"""
    if len(octets) < 0x40:
        return bytes([len(octets)]) + octets
    return (0x4000 | len(octets)).to_bytes(2, "big") + octets


def code_points(numbers):
    return vector(b"".join(number.to_bytes(2, "big") for number in numbers))


def build(stage, wanted):
    """[{"external_senders": [role]}, {"required_capabilities": {...}}, {"type": n, "data": hex}]"""
    out = []
    for entry in wanted:
        if "external_senders" in entry:
            senders = b"".join(bytes.fromhex(stage.actor(role).on_client("external_sender")["external_sender"])
                               for role in entry["external_senders"])
            out.append({"type": 5, "data": vector(senders).hex()})
        elif "required_capabilities" in entry:
            lists = entry["required_capabilities"]
            data = b"".join(code_points(lists.get(name, ())) for name in ("extensions", "proposals", "credentials"))
            out.append({"type": 3, "data": data.hex()})
        else:
            out.append(entry)
    return out
