public import EthCrypto
public import Primitives
public import RLP

/// The fields of a typed transaction (EIP-2718), to be signed.
public protocol UnsignedTransaction: Hashable, Sendable {
    /// The type byte.
    static var type: TransactionType { get }
    /// Writes the fields before the signature, in the order of the type's EIP.
    func encodeFields(to list: inout RLPWriter)
}

extension UnsignedTransaction {
    /// The hash to sign: `K(type || rlp(fields))`, K being Keccak-256.
    public var signingHash: Hash32 {
        var writer = RLPWriter(prefix: [Self.type.rawValue])
        writer.list { encodeFields(to: &$0) }
        return Keccak256.hash(writer.bytes)
    }

    /// Signs the transaction with `key`. The signature is deterministic (RFC 6979).
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
    /// Decodes a transaction that this module has encoded.
    init(ownEncoding bytes: [UInt8]) {
        do {
            try self.init(encoded: bytes)
        } catch {
            preconditionFailure("a transaction encoded here doesn't decode: \(error)")
        }
    }
}
