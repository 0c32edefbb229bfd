package peer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.mls.TreeKEM.LeafNode;
import org.bouncycastle.mls.TreeKEM.LifeTime;
import org.bouncycastle.mls.codec.Capabilities;
import org.bouncycastle.mls.codec.Credential;
import org.bouncycastle.mls.codec.KeyPackage;
import org.bouncycastle.mls.crypto.MlsCipherSuite;
import org.bouncycastle.mls.crypto.Secret;

/** A client: one identity in one cipher suite, and the key packages it has published. */
final class Member {
    /** A key package with the keys behind it. */
    record Published(KeyPackage keyPackage, AsymmetricCipherKeyPair init, AsymmetricCipherKeyPair leaf) {}

    final MlsCipherSuite suite;
    final Credential credential;
    final AsymmetricCipherKeyPair signer;
    final List<Published> published = new ArrayList<>();
    final Map<Secret, byte[]> psks = new HashMap<>();

    Member(int suite, byte[] identity) throws Exception {
        this.suite = MlsCipherSuite.getSuite((short) suite);
        this.credential = Credential.forBasic(identity);
        this.signer = this.suite.generateSignatureKeyPair();
    }

    byte[] signaturePublicKey() {
        return suite.serializeSignaturePublicKey(signer.getPublic());
    }

    byte[] signaturePrivateKey() {
        return suite.serializeSignaturePrivateKey(signer.getPrivate());
    }

    LeafNode leaf(AsymmetricCipherKeyPair keys) throws Exception {
        byte[] encryptionKey = suite.getHPKE().serializePublicKey(keys.getPublic());
        return new LeafNode(suite, encryptionKey, signaturePublicKey(), credential, new Capabilities(), new LifeTime(),
            new ArrayList<>(), signaturePrivateKey());
    }

    Published newKeyPackage() throws Exception {
        AsymmetricCipherKeyPair init = suite.getHPKE().generatePrivateKey();
        AsymmetricCipherKeyPair leaf = suite.getHPKE().generatePrivateKey();
        byte[] initKey = suite.getHPKE().serializePublicKey(init.getPublic());
        KeyPackage keyPackage = new KeyPackage(suite, initKey, leaf(leaf), new ArrayList<>(), signaturePrivateKey());
        Published made = new Published(keyPackage, init, leaf);
        published.add(made);
        return made;
    }
}
