package peer;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bouncycastle.mls.protocol.Group;

/** A client in a group: the present epoch, and some that were left, for late messages. */
final class Membership {
    final Member member;
    final Deque<Group> past = new ArrayDeque<>();
    Group group;

    Membership(Member member, Group group) {
        this.member = member;
        this.group = group;
    }

    void advance(Group next) {
        past.addFirst(group);
        while (past.size() > 4) past.removeLast();
        group = next;
    }

    /** The epoch that a message belongs to; the present one if it is none of those that are kept. */
    Group of(long epoch) {
        for (Group left : past) if (left.getEpoch() == epoch) return left;
        return group;
    }
}
