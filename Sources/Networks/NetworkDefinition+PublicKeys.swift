import Chain
import Primitives

extension NetworkDefinition {
    /// The maximum number of signers of a cluster, whose keys are derived from their index.
    private static let maxPublicSigners = 64

    /// Whether the private key of a signer of the genesis is public: it is one of `DevAccounts`.
    public var hasPublicSigners: Bool {
        guard genesis.config.clique != nil else { return false }
        let known = Set((0..<Self.maxPublicSigners).map { DevAccounts.signer($0) })
        // Vanity, signers, seal (EIP-225).
        let signers = genesis.extraData.dropFirst(32).dropLast(65)
        return stride(from: signers.startIndex, to: signers.endIndex, by: 20).contains { start in
            Address(signers[start...].prefix(20)).map(known.contains) ?? false
        }
    }

    /// The default address on which a node of the network listens for peers: only loopback if the signers' keys are
    /// public, because anyone who reaches such a node can rewrite its chain.
    public var listenAddress: String { hasPublicSigners ? "127.0.0.1" : "0.0.0.0" }
}
