import Chain
import Primitives

extension NetworkDefinition {
    /// The most signers of a cluster; their keys are made from their index.
    private static let maxPublicSigners = 64

    /// Whether everybody has the key of a signer of the genesis: it is one of `DevAccounts`.
    public var hasPublicSigners: Bool {
        guard genesis.config.clique != nil else { return false }
        let known = Set((0..<Self.maxPublicSigners).map { DevAccounts.signer($0) })
        // Vanity, signers, seal (EIP-225).
        let signers = genesis.extraData.dropFirst(32).dropLast(65)
        return stride(from: signers.startIndex, to: signers.endIndex, by: 20).contains { start in
            Address(signers[start...].prefix(20)).map(known.contains) ?? false
        }
    }

    /// Where a node listens for peers unless its operator says otherwise: only on loopback where the signers' keys are
    /// public, because whoever reaches such a node can rewrite its chain.
    public var listenAddress: String { hasPublicSigners ? "127.0.0.1" : "0.0.0.0" }
}
