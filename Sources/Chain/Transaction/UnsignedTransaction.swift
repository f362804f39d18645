public import EthCrypto
public import Primitives
public import RLP

/// The fields of a typed transaction, to be signed.
public protocol UnsignedTransaction: Hashable, Sendable {
    static var type: TransactionType { get }
    /// Writes the fields before the signature, in the order of the type's EIP.
    func encodeFields(to list: inout RLPWriter)
}

extension UnsignedTransaction {
    /// `K(type || rlp(fields))`.
    public var signingHash: Hash32 {
        var writer = RLPWriter(prefix: [Self.type.rawValue])
        writer.list { encodeFields(to: &$0) }
        return Keccak256.hash(writer.bytes)
    }

    /// The transaction with this key's signature (RFC 6979: always the same one).
    public func signed(by key: PrivateKey) -> Transaction {
        let signature = key.sign(signingHash)
        var writer = RLPWriter(prefix: [Self.type.rawValue])
        writer.list { list in
            encodeFields(to: &list)
            list.write(signature.recoveryID)
            list.write(UInt256(bigEndian: signature.r))
            list.write(UInt256(bigEndian: signature.s))
        }
        return Transaction(ownEncoding: writer.bytes)
    }
}

extension Transaction {
    /// A transaction that this module has just encoded.
    init(ownEncoding bytes: [UInt8]) {
        do {
            try self.init(encoded: bytes)
        } catch {
            preconditionFailure("a transaction encoded here doesn't decode: \(error)")
        }
    }
}
