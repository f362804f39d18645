public import Primitives
public import RLP

/// An account as stored in the state trie, RLP `[nonce, balance, storageRoot, codeHash]` (Yellow Paper, section 4.1).
public struct Account: Hashable, Sendable {
    /// The number of transactions that the account has sent.
    public var nonce: UInt64
    /// In wei.
    public var balance: UInt256
    /// The root of the account's storage trie.
    public var storageRoot: Hash32
    /// Keccak-256 of the account's code.
    public var codeHash: Hash32

    public init(
        nonce: UInt64 = 0, balance: UInt256 = .zero, storageRoot: Hash32 = .emptyTrieRoot,
        codeHash: Hash32 = .emptyCodeHash
    ) {
        self.nonce = nonce
        self.balance = balance
        self.storageRoot = storageRoot
        self.codeHash = codeHash
    }

    /// Whether the account is a contract.
    public var hasCode: Bool { codeHash != .emptyCodeHash }

    /// Whether the account counts as absent (EIP-161): no nonce, no balance, no code.
    public var isEmpty: Bool { nonce == 0 && balance.isZero && !hasCode }
}

extension Account: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(nonce)
            list.write(balance)
            list.write(storageRoot)
            list.write(codeHash)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        nonce = try list.read()
        balance = try list.read()
        storageRoot = try list.read()
        codeHash = try list.read()
        try list.expectEnd()
    }
}
