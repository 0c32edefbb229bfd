package peer;

import java.util.HashMap;
import java.util.Map;

/** Things under handles: a letter and a number. */
final class Shelf<T> {
    private final String prefix;
    private final Map<String, T> things = new HashMap<>();
    private long last;

    Shelf(String prefix) {
        this.prefix = prefix;
    }

    String add(T thing) {
        String handle = prefix + ++last;
        things.put(handle, thing);
        return handle;
    }

    T at(String handle) {
        T thing = things.get(handle);
        if (thing == null) throw Request.badRequest("there is no '" + handle + "'");
        return thing;
    }

    T take(String handle) {
        T thing = at(handle);
        things.remove(handle);
        return thing;
    }

    boolean forget(String handle) {
        return things.remove(handle) != null;
    }
}
