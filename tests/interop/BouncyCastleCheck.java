import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.cms.CMSSignedData;

/** Verifies with Bouncy Castle: chain LEAF CA... ROOT | crl LIST ISSUER SERIAL-HEX | token TOKEN CERTIFICATE IMPRINT-HEX. */
public final class BouncyCastleCheck {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        switch (arguments[0]) {
            case "chain" -> chain(arguments);
            case "crl" -> crl(arguments);
            case "token" -> token(arguments);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static X509Certificate certificate(String path) throws Exception {
        try (InputStream stream = new FileInputStream(path)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(stream);
        }
    }

    private static void chain(String[] paths) throws Exception {
        List<X509Certificate> chain = new ArrayList<>();
        for (int place = 1; place < paths.length; place++) {
            chain.add(certificate(paths[place]));
        }
        for (int place = 0; place < chain.size(); place++) {
            X509Certificate issuer = chain.get(Math.min(place + 1, chain.size() - 1));
            chain.get(place).verify(issuer.getPublicKey(), "BC");
            System.out.println("verified " + chain.get(place).getSerialNumber().toString(16));
        }
    }

    private static void crl(String[] arguments) throws Exception {
        try (InputStream stream = new FileInputStream(arguments[1])) {
            X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509", "BC").generateCRL(stream);
            list.verify(certificate(arguments[2]).getPublicKey(), "BC");
            boolean listed = list.getRevokedCertificate(new java.math.BigInteger(arguments[3], 16)) != null;
            System.out.println("verified " + (listed ? "revoked" : "good"));
        }
    }

    private static void token(String[] arguments) throws Exception {
        TimeStampToken token = new TimeStampToken(new CMSSignedData(Files.readAllBytes(Path.of(arguments[1]))));
        token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate(arguments[2])));
        StringBuilder imprint = new StringBuilder();
        for (byte octet : token.getTimeStampInfo().getMessageImprintDigest()) {
            imprint.append(String.format("%02x", octet));
        }
        if (!imprint.toString().equals(arguments[3])) {
            throw new IllegalStateException("another imprint: " + imprint);
        }
        System.out.println("verified " + token.getTimeStampInfo().getGenTime().toInstant());
    }
}
