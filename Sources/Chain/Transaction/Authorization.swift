public import EthCrypto
public import Primitives
public import RLP

/// An account's signed leave to run the code of `address` as its own (EIP-7702):
/// `[chainId, address, nonce, y, r, s]`.
public struct Authorization: Hashable, Sendable {
    /// Zero means any chain.
    public var chainID: UInt256
    public var address: Address
    /// The nonce of the account that signed.
    public var nonce: UInt64
    public var yParity: UInt8
    public var r: UInt256
    public var s: UInt256

    /// An authorization that `key` signs.
    public init(chainID: UInt256, address: Address, nonce: UInt64, signedBy key: PrivateKey) {
        self.chainID = chainID
        self.address = address
        self.nonce = nonce
        yParity = 0
        r = .zero
        s = .zero
        let signature = key.sign(signingHash)
        yParity = signature.recoveryID
        r = UInt256(bigEndian: signature.r)
        s = UInt256(bigEndian: signature.s)
    }

    /// `K(0x05 || rlp([chainId, address, nonce]))`.
    public var signingHash: Hash32 {
        var writer = RLPWriter(prefix: [0x05])
        writer.list { list in
            list.write(chainID)
            list.write(address)
            list.write(nonce)
        }
        return Keccak256.hash(writer.bytes)
    }

    /// The account that signed.
    ///
    /// - Throws: `invalidSignature`; the transaction stays valid then, only this authorization has no effect.
    public func authority() throws(ChainError) -> Address {
        try Signature(r: r.bigEndian, s: s.bigEndian, recoveryID: yParity).address(of: signingHash)
    }
}

extension Authorization: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(chainID)
            list.write(address)
            list.write(nonce)
            list.write(yParity)
            list.write(r)
            list.write(s)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        chainID = try list.read()
        address = try list.read()
        nonce = try list.read()
        yParity = try list.read()
        r = try list.read()
        s = try list.read()
        try list.expectEnd()
    }
}

extension Signature {
    /// The account whose transaction signature of `hash` this is. A recovery id above 1 is not allowed there.
    func address(of hash: Hash32, allowsHighS: Bool = false) throws(ChainError) -> Address {
        guard recoveryID <= 1, allowsHighS || hasLowS else { throw .invalidSignature }
        do {
            return try recover(hash).address
        } catch {
            throw .invalidSignature
        }
    }
}
