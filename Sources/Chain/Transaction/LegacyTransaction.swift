public import EthCrypto
public import Primitives
import RLP

/// The fields of a type 0 transaction, to be signed (EIP-155). `value` is in wei, `gasPrice` in wei per unit of gas.
public struct LegacyTransaction: Hashable, Sendable {
    public var nonce: UInt64
    public var gasPrice: UInt256
    public var gasLimit: UInt64
    /// Nil creates a contract.
    public var to: Address?
    public var value: UInt256
    public var data: [UInt8]

    public init(
        nonce: UInt64, gasPrice: UInt256, gasLimit: UInt64, to: Address?, value: UInt256 = .zero, data: [UInt8] = []
    ) {
        self.nonce = nonce
        self.gasPrice = gasPrice
        self.gasLimit = gasLimit
        self.to = to
        self.value = value
        self.data = data
    }

    /// The hash to sign (EIP-155).
    ///
    /// - Parameter chainID: nil for a transaction without replay protection.
    public func signingHash(chainID: UInt64?) -> Hash32 {
        var writer = RLPWriter()
        writer.list { list in
            encodeFields(to: &list)
            if let chainID {
                list.write(chainID)
                list.write(UInt64(0))
                list.write(UInt64(0))
            }
        }
        return Keccak256.hash(writer.bytes)
    }

    /// Signs the transaction with `key`.
    ///
    /// - Parameter chainID: nil for a transaction without replay protection. At most 2^63 - 19, so that `v` fits in 64
    ///   bits; a larger one traps.
    public func signed(by key: PrivateKey, chainID: UInt64?) -> Transaction {
        let signature = key.sign(signingHash(chainID: chainID))
        let base = chainID.map { $0 * 2 + 35 } ?? 27
        var writer = RLPWriter()
        writer.list { list in
            encodeFields(to: &list)
            list.write(base + UInt64(signature.recoveryID))
            list.write(UInt256(bigEndian: signature.r))
            list.write(UInt256(bigEndian: signature.s))
        }
        return Transaction(ownEncoding: writer.bytes)
    }

    private func encodeFields(to list: inout RLPWriter) {
        list.write(nonce)
        list.write(gasPrice)
        list.write(gasLimit)
        list.write(recipient: to)
        list.write(value)
        list.write(data)
    }
}

extension RLPWriter {
    /// 20 bytes, or the empty string.
    mutating func write(recipient: Address?) {
        if let recipient { write(recipient) } else { write([]) }
    }
}
