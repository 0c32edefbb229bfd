package peer;

import static peer.Request.badRequest;
import static peer.Request.hex;
import static peer.Request.unsupported;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bouncycastle.mls.TreeKEM.LeafIndex;
import org.bouncycastle.mls.TreeKEM.LeafNode;
import org.bouncycastle.mls.TreeKEM.TreeKEMPublicKey;
import org.bouncycastle.mls.codec.ContentType;
import org.bouncycastle.mls.codec.Extension;
import org.bouncycastle.mls.codec.ExternalSender;
import org.bouncycastle.mls.codec.GroupInfo;
import org.bouncycastle.mls.codec.KeyPackage;
import org.bouncycastle.mls.codec.MLSInputStream;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.MLSOutputStream;
import org.bouncycastle.mls.codec.Proposal;
import org.bouncycastle.mls.codec.Welcome;
import org.bouncycastle.mls.codec.WireFormat;
import org.bouncycastle.mls.crypto.MlsCipherSuite;
import org.bouncycastle.mls.crypto.Secret;
import org.bouncycastle.mls.protocol.Group;

/** BouncyCastle's MLS as a peer of docs/peer.md. Its groups are values: what a commit leads to is a new one. */
public final class Main {
    private record Staged(Membership membership, Group next) {}

    private final Shelf<Member> clients = new Shelf<>("c");
    private final Shelf<Membership> groups = new Shelf<>("g");
    private final Shelf<Staged> staged = new Shelf<>("s");

    private static JsonObject reply(String name, String value) {
        JsonObject out = new JsonObject();
        out.addProperty(name, value);
        return out;
    }

    private static String encoded(Object message) throws Exception {
        return hex(MLSOutputStream.encode(message));
    }

    private static MLSMessage message(byte[] octets) throws Exception {
        return (MLSMessage) MLSInputStream.decode(octets, MLSMessage.class);
    }

    private static TreeKEMPublicKey tree(Request request, MlsCipherSuite suite) throws Exception {
        if (!request.has("ratchet_tree")) return null;
        byte[] octets = request.octets("ratchet_tree");
        TreeKEMPublicKey tree = (TreeKEMPublicKey) MLSInputStream.decode(octets, TreeKEMPublicKey.class);
        tree.setSuite(suite);
        return tree;
    }

    private static Group.MessageOptions options(Request request) {
        boolean encrypt = !request.secondOf("handshake", "private", "public");
        return new Group.MessageOptions(encrypt, request.octetsOrNone("authenticated_data"), 0);
    }

    private Membership membership(Request request) {
        return groups.at(request.text("group"));
    }

    private JsonObject enter(Member member, Group group) {
        member.psks.forEach(group::insertExternalPsk);
        return reply("group", groups.add(new Membership(member, group)));
    }

    private JsonObject client(Request request) throws Exception {
        Member member = new Member((int) request.number("suite"), request.octets("identity"));
        if (request.some("extension_types") || request.some("proposal_types"))
            throw unsupported("further capabilities");
        JsonObject out = reply("client", clients.add(member));
        out.addProperty("signature_key", hex(member.signaturePublicKey()));
        return out;
    }

    private JsonObject psk(Request request) {
        Member member = clients.at(request.text("client"));
        member.psks.put(new Secret(request.octets("psk_id")), request.octets("psk"));
        return new JsonObject();
    }

    private JsonObject create(Request request) throws Exception {
        Member member = clients.at(request.text("client"));
        var keys = member.suite.getHPKE().generatePrivateKey();
        LeafNode leaf = member.leaf(keys);
        Group group = new Group(request.octets("group_id"), member.suite, keys, member.signaturePrivateKey(),
            leaf.copy(leaf.getEncryptionKey()), Proposals.extensions(request, "extensions"));
        return enter(member, group);
    }

    private JsonObject join(Request request) throws Exception {
        Member member = clients.at(request.text("client"));
        Welcome welcome = message(request.octets("welcome")).welcome;
        for (Member.Published mine : member.published) {
            if (welcome.find(mine.keyPackage()) < 0) continue;
            Group group = new Group(member.suite.getHPKE().serializePrivateKey(mine.init().getPrivate()), mine.leaf(),
                member.signaturePrivateKey(), mine.keyPackage(), welcome, tree(request, member.suite), member.psks,
                new HashMap<>());
            return enter(member, group);
        }
        throw badRequest("the Welcome names none of the key packages");
    }

    private JsonObject branchCreate(Request request) throws Exception {
        Member member = clients.at(request.text("client"));
        List<KeyPackage> others = new ArrayList<>();
        for (byte[] octets : request.octetsList("key_packages")) others.add(Proposals.keyPackage(octets));
        boolean inside = !request.secondOf("tree", "inside", "aside");
        var keys = member.suite.getHPKE().generatePrivateKey();
        var made = membership(request).group.createBranch(request.octets("group_id"), keys, member.signer,
            member.leaf(keys), Proposals.extensions(request, "extensions"), others,
            Proposals.random(member.suite.getKDF().getHashLength()),
            new Group.CommitOptions(new ArrayList<>(), inside, true, null));
        JsonObject out = enter(member, made.group);
        made.message.wireFormat = WireFormat.mls_welcome; // the same object carries the commit, too
        out.addProperty("welcome", encoded(made.message));
        return out;
    }

    private JsonObject branchJoin(Request request) throws Exception {
        Member member = clients.at(request.text("client"));
        MLSMessage welcome = message(request.octets("welcome"));
        for (Member.Published mine : member.published) {
            if (welcome.welcome.find(mine.keyPackage()) < 0) continue;
            return enter(member, membership(request).group.handleBranch(mine.init(), mine.leaf(), member.signer,
                mine.keyPackage(), welcome, tree(request, member.suite)));
        }
        throw badRequest("the Welcome names none of the key packages");
    }

    private JsonObject externalJoin(Request request) throws Exception {
        Member member = clients.at(request.text("client"));
        GroupInfo info = message(request.octets("group_info")).groupInfo;
        LeafIndex replaced = request.has("replaces") ? new LeafIndex((int) request.number("replaces")) : null;
        Map<Secret, byte[]> psks = new HashMap<>();
        for (byte[] id : request.octetsList("psk_ids")) psks.put(new Secret(id), member.psks.get(new Secret(id)));
        Secret fresh = new Secret(Proposals.random(member.suite.getKDF().getHashLength()));
        var how = new Group.MessageOptions(false, request.octetsOrNone("authenticated_data"), 0);
        var made = Group.externalJoin(fresh, member.signer, member.newKeyPackage().keyPackage(), info,
            tree(request, member.suite), how, replaced, psks);
        JsonObject out = enter(member, made.group);
        out.addProperty("commit", encoded(made.message));
        return out;
    }

    private JsonObject externalPropose(Request request) throws Exception {
        Member member = clients.at(request.text("client"));
        GroupInfo info = message(request.octets("group_info")).groupInfo;
        Proposal proposal = Proposals.describe(member.suite, new Request(request.object().getAsJsonObject("proposal")));
        MLSMessage out = MLSMessage.externalProposal(member.suite, info.getGroupID(), info.getEpoch(), proposal,
            (int) request.number("sender_index"), member.signaturePrivateKey());
        return reply("message", encoded(out));
    }

    private JsonObject proposeJoin(Request request) throws Exception {
        Member member = clients.at(request.text("client"));
        GroupInfo info = message(request.octets("group_info")).groupInfo;
        MLSMessage out = Group.newMemberAdd(info.getGroupID(), info.getEpoch(), member.newKeyPackage().keyPackage(),
            member.signer);
        return reply("message", encoded(out));
    }

    private JsonObject state(Request request) throws Exception {
        Group group = membership(request).group;
        JsonArray members = new JsonArray();
        TreeKEMPublicKey tree = group.getTree();
        for (int i = 0; i < tree.getSize().leafCount(); i++) {
            LeafNode leaf = tree.hasLeaf(new LeafIndex(i)) ? tree.getLeafNode(new LeafIndex(i)) : null;
            if (leaf == null) continue;
            JsonObject entry = reply("identity", hex(leaf.getCredential().getIdentity()));
            entry.addProperty("leaf", i);
            entry.addProperty("signature_key", hex(leaf.getSignatureKey()));
            members.add(entry);
        }
        JsonArray extensions = new JsonArray();
        for (Extension extension : group.getExtensions()) {
            JsonObject entry = reply("data", hex(extension.extension_data));
            byte[] wire = MLSOutputStream.encode(extension);
            entry.addProperty("type", (wire[0] & 255) << 8 | wire[1] & 255);
            extensions.add(entry);
        }
        JsonObject out = reply("group_id", hex(group.getGroupID()));
        out.addProperty("epoch", group.getEpoch());
        out.addProperty("epoch_authenticator", hex(group.getEpochAuthenticator()));
        out.addProperty("leaf", group.getIndex().value());
        out.add("members", members);
        out.add("extensions", extensions);
        return out;
    }

    /** A group has to read its own proposals to know them. */
    private JsonObject propose(Request request) throws Exception {
        Membership membership = membership(request);
        membership.member.psks.forEach(membership.group::insertExternalPsk);
        Request proposal = new Request(request.object().getAsJsonObject("proposal"));
        String message = encoded(Proposals.propose(membership.group, proposal, options(request)));
        membership.group.handle(HexFormat.of().parseHex(message), null);
        return reply("message", message);
    }

    private JsonObject commit(Request request) throws Exception {
        if (!request.flag("pending", true)) throw unsupported("a commit takes up all proposals of its epoch");
        if (request.has("identity")) throw unsupported("another identity for the committer");
        Membership membership = membership(request);
        Group group = membership.group;
        membership.member.psks.forEach(group::insertExternalPsk);
        List<Proposal> proposals = new ArrayList<>();
        for (Request proposal : request.objects("proposals"))
            proposals.add(Proposals.describe(group.getSuite(), proposal));
        boolean inside = !request.secondOf("tree", "inside", "aside");
        boolean force = !request.secondOf("path", "always", "when_required");
        Secret fresh = new Secret(Proposals.random(group.getSuite().getKDF().getHashLength()));
        var made = group.commit(fresh, new Group.CommitOptions(proposals, inside, force, null), options(request),
            new Group.CommitParameters(Group.NORMAL_COMMIT_PARAMS));
        JsonObject out = reply("commit", encoded(made.message));
        if (made.message.welcome != null) {
            made.message.wireFormat = WireFormat.mls_welcome; // the same object carries both
            out.addProperty("welcome", encoded(made.message));
        }
        out.addProperty("staged", staged.add(new Staged(membership, made.group)));
        return out;
    }

    private JsonObject process(Request request) throws Exception {
        Membership membership = membership(request);
        byte[] octets = request.octets("message");
        MLSMessage message = message(octets);
        ContentType content = message.getContentType();
        if (content == ContentType.APPLICATION) {
            byte[][] read = membership.of(message.getEpoch()).unprotect(message);
            JsonObject out = reply("event", "application");
            out.addProperty("authenticated_data", hex(read[0]));
            out.addProperty("data", hex(read[1]));
            return out;
        }
        membership.member.psks.forEach(membership.group::insertExternalPsk);
        Group next = membership.group.handle(octets, null);
        if (next == null) return reply("event", "proposal");
        JsonObject out = reply("event", "commit");
        out.addProperty("staged", staged.add(new Staged(membership, next)));
        return out;
    }

    private JsonObject merge(Request request) {
        Staged done = staged.take(request.text("staged"));
        if (done.next().getEpoch() != done.membership().group.getEpoch() + 1) throw new IllegalStateException("stale");
        done.membership().advance(done.next());
        return new JsonObject();
    }

    private JsonObject forget(Request request) {
        String handle = request.text("handle");
        if (!clients.forget(handle) && !groups.forget(handle) && !staged.forget(handle))
            throw badRequest("there is no '" + handle + "'");
        return new JsonObject();
    }

    private JsonObject perform(Request request) throws Exception {
        return switch (request.text("op")) {
            case "hello" -> hello();
            case "client" -> client(request);
            case "key_package" -> reply("key_package", encoded(
                MLSMessage.keyPackage(clients.at(request.text("client")).newKeyPackage().keyPackage())));
            case "psk" -> psk(request);
            case "create" -> create(request);
            case "join" -> join(request);
            case "external_join" -> externalJoin(request);
            case "branch_create" -> branchCreate(request);
            case "branch_join" -> branchJoin(request);
            case "external_sender" -> {
                Member member = clients.at(request.text("client"));
                yield reply("external_sender", encoded(new ExternalSender(member.signaturePublicKey(), member.credential)));
            }
            case "external_propose" -> externalPropose(request);
            case "propose_join" -> proposeJoin(request);
            case "state" -> state(request);
            case "export" -> reply("secret", hex(membership(request).group.getKeySchedule().MLSExporter(
                request.text("label"), request.octetsOrNone("context"), (int) request.number("length"))));
            case "group_info" -> reply("group_info", encoded(
                membership(request).group.getGroupInfo(!request.secondOf("tree", "inside", "aside"))));
            case "ratchet_tree" -> reply("ratchet_tree", encoded(membership(request).group.getTree()));
            case "send" -> reply("message", encoded(membership(request).group.protect(
                request.octetsOrNone("authenticated_data"), request.octets("data"), 0)));
            case "propose" -> propose(request);
            case "commit" -> commit(request);
            case "process" -> process(request);
            case "merge" -> merge(request);
            case "drop" -> {
                staged.take(request.text("staged"));
                yield new JsonObject();
            }
            case "forget" -> forget(request);
            default -> throw unsupported("no operation '" + request.text("op") + "'");
        };
    }

    private static JsonObject hello() {
        JsonObject out = reply("protocol", "dmls-peer");
        out.addProperty("version", 1);
        out.addProperty("program", "BouncyCastle MLS 1.84");
        JsonArray suites = new JsonArray();
        for (short suite : MlsCipherSuite.ALL_SUPPORTED_SUITES) suites.add(suite);
        out.add("suites", suites);
        return out;
    }

    private JsonObject answer(String line) {
        JsonObject out;
        JsonObject error = null;
        try {
            out = perform(new Request(JsonParser.parseString(line).getAsJsonObject()));
        } catch (Request.Failure why) {
            out = new JsonObject();
            error = reply("kind", why.kind);
            error.addProperty("rule", why.getMessage());
        } catch (Exception why) {
            StackTraceElement[] at = why.getStackTrace();
            out = new JsonObject();
            error = reply("kind", "refused");
            error.addProperty("rule", why + (at.length == 0 ? "" : " at " + at[0]));
        }
        out.addProperty("ok", error == null);
        if (error != null) out.add("error", error);
        return out;
    }

    public static void main(String[] arguments) throws Exception {
        Main peer = new Main();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        var out = System.out;
        System.setOut(System.err); // what the library prints is no reply
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(peer.answer(line));
            out.flush();
        }
    }
}
