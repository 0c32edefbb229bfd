package peer;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.mls.TreeKEM.LeafIndex;
import org.bouncycastle.mls.codec.Extension;
import org.bouncycastle.mls.codec.KeyPackage;
import org.bouncycastle.mls.codec.MLSInputStream;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.PreSharedKeyID;
import org.bouncycastle.mls.codec.Proposal;
import org.bouncycastle.mls.codec.ResumptionPSKUsage;
import org.bouncycastle.mls.crypto.MlsCipherSuite;
import org.bouncycastle.mls.protocol.Group;

/** Proposals: by value, by reference, and from outside. */
final class Proposals {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Proposals() {}

    static byte[] random(int octets) {
        byte[] out = new byte[octets];
        RANDOM.nextBytes(out);
        return out;
    }

    static List<Extension> extensions(Request request, String name) {
        List<Extension> list = new ArrayList<>();
        for (Request entry : request.objects(name))
            list.add(new Extension((int) entry.number("type"), entry.octets("data")));
        return list;
    }

    static KeyPackage keyPackage(byte[] octets) throws Exception {
        return ((MLSMessage) MLSInputStream.decode(octets, MLSMessage.class)).keyPackage;
    }

    /** By value, and from outside. */
    static Proposal describe(MlsCipherSuite suite, Request proposal) throws Exception {
        int nonce = suite.getKDF().getHashLength();
        return switch (proposal.text("type")) {
            case "add" -> Proposal.add(keyPackage(proposal.octets("key_package")));
            case "remove" -> Proposal.remove(new LeafIndex((int) proposal.number("leaf")));
            case "external_psk" ->
                Proposal.preSharedKey(PreSharedKeyID.external(proposal.octets("psk_id"), random(nonce)));
            case "resumption_psk" -> Proposal.preSharedKey(PreSharedKeyID.resumption(ResumptionPSKUsage.APPLICATION,
                proposal.octets("group_id"), proposal.number("epoch"), random(nonce)));
            case "group_context_extensions" -> Proposal.groupContextExtensions(extensions(proposal, "extensions"));
            default -> throw Request.unsupported("proposal '" + proposal.text("type") + "'");
        };
    }

    /** The place of a leaf among those that are not blank, which is how Group.remove() counts. */
    private static int rank(Group group, int leaf) {
        int before = 0;
        for (int i = 0; i < leaf; i++) if (group.getTree().getLeafNode(new LeafIndex(i)) != null) before++;
        return before;
    }

    static MLSMessage propose(Group group, Request proposal, Group.MessageOptions how) throws Exception {
        return switch (proposal.text("type")) {
            case "add" -> group.add(keyPackage(proposal.octets("key_package")), how);
            case "remove" -> group.remove(new LeafIndex(rank(group, (int) proposal.number("leaf"))), how);
            case "update" -> group.update(
                group.updateProposal(group.getSuite().getHPKE().generatePrivateKey(), new Group.LeafNodeOptions()), how);
            case "external_psk" -> group.preSharedKey(proposal.octets("psk_id"), how);
            case "resumption_psk" -> group.preSharedKey(proposal.octets("group_id"), proposal.number("epoch"), how);
            case "group_context_extensions" ->
                group.groupContextExtensions(extensions(proposal, "extensions"), how);
            default -> throw Request.unsupported("proposal '" + proposal.text("type") + "'");
        };
    }
}
