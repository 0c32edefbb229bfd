package peer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The arguments of one request of docs/peer.md. */
record Request(JsonObject object) {
    /** Why there is no result, besides what the library throws. */
    static final class Failure extends RuntimeException {
        final String kind;

        Failure(String kind, String rule) {
            super(rule);
            this.kind = kind;
        }
    }

    static Failure badRequest(String rule) {
        return new Failure("bad_request", rule);
    }

    static Failure unsupported(String rule) {
        return new Failure("unsupported", rule);
    }

    static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    boolean has(String name) {
        return object.has(name) && !object.get(name).isJsonNull();
    }

    private JsonElement at(String name) {
        if (!has(name)) throw badRequest("'" + name + "' is missing");
        return object.get(name);
    }

    String text(String name) {
        return at(name).getAsString();
    }

    byte[] octets(String name) {
        return HexFormat.of().parseHex(text(name));
    }

    byte[] octetsOrNone(String name) {
        return has(name) ? octets(name) : new byte[0];
    }

    long number(String name) {
        return at(name).getAsLong();
    }

    boolean flag(String name, boolean otherwise) {
        return has(name) ? at(name).getAsBoolean() : otherwise;
    }

    /** Whether the word is the second of two; without it, the first is meant. */
    boolean secondOf(String name, String first, String second) {
        return has(name) && text(name).equals(second);
    }

    boolean some(String name) {
        return has(name) && !at(name).getAsJsonArray().isEmpty();
    }

    List<Request> objects(String name) {
        List<Request> list = new ArrayList<>();
        if (has(name)) at(name).getAsJsonArray().forEach(entry -> list.add(new Request(entry.getAsJsonObject())));
        return list;
    }

    List<byte[]> octetsList(String name) {
        List<byte[]> list = new ArrayList<>();
        if (has(name)) at(name).getAsJsonArray().forEach(entry -> list.add(HexFormat.of().parseHex(entry.getAsString())));
        return list;
    }
}
