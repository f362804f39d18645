import EthCrypto
public import Primitives
import RLP

extension Transaction {
    /// The account that signed.
    ///
    /// - Parameter allowsHighS: true only for blocks before Homestead (EIP-2).
    /// - Throws: `invalidSignature`.
    /// - Complexity: one recovery, 30 to 50 microseconds; keep the result.
    public func sender(allowsHighS: Bool = false) throws(ChainError) -> Address {
        try signature().address(of: signingHash, allowsHighS: allowsHighS)
    }

    /// The hash that was signed: of the fields before the signature, followed by chain id, 0, 0 for a legacy
    /// transaction with replay protection (EIP-155).
    public var signingHash: Hash32 {
        var writer = RLPWriter(prefix: type == .legacy ? [] : [type.rawValue])
        writer.reserveCapacity(encoded.count + 16)
        writer.list { list in
            list.writeRaw(signedFields)
            if type == .legacy, let chainID {
                list.write(chainID)
                list.write(UInt64(0))
                list.write(UInt64(0))
            }
        }
        return Keccak256.hash(writer.bytes)
    }

    /// The signature, with the recovery id from `v` or `yParity`.
    func signature() throws(ChainError) -> Signature {
        let recoveryID: UInt64
        switch (type, v) {
        case (.legacy, 27...28): recoveryID = v - 27
        case (.legacy, 35...): recoveryID = (v - 35) % 2
        case (.legacy, _): throw .invalidSignature
        case (_, 0...1): recoveryID = v
        default: throw .invalidSignature
        }
        return Signature(r: r.bigEndian, s: s.bigEndian, recoveryID: UInt8(truncatingIfNeeded: recoveryID))
    }
}
