public import EthCrypto
public import Primitives
public import RLP

/// An account's signed authorization to run the code of `address` as its own (EIP-7702):
/// `[chainId, address, nonce, y, r, s]`.
public struct Authorization: Hashable, Sendable {
    /// The chain for which it is valid; zero means any chain.
    public var chainID: UInt256
    /// The contract whose code is run.
    public var address: Address
    /// The nonce of the account that signed.
    public var nonce: UInt64
    /// The recovery id of the signature.
    public var yParity: UInt8
    /// `r` of the signature.
    public var r: UInt256
    /// `s` of the signature.
    public var s: UInt256

    /// An authorization signed by `key`.
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

    /// The hash that is signed: `K(0x05 || rlp([chainId, address, nonce]))`, K being Keccak-256.
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
    /// - Throws: `invalidSignature`; then only this authorization has no effect, and the transaction is still valid.
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
    /// The account that made this signature of `hash`. Transactions don't allow a recovery id above 1.
    func address(of hash: Hash32, allowsHighS: Bool = false) throws(ChainError) -> Address {
        guard recoveryID <= 1, allowsHighS || hasLowS else { throw .invalidSignature }
        do {
            return try recover(hash).address
        } catch {
            throw .invalidSignature
        }
    }
}
