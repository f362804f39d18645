public import Chain
public import EthCrypto
public import Primitives
import RLP

/// Clique's use of header fields (EIP-225; consensus.md, section 2).
///
/// `extraData` is 32 bytes of vanity, in a checkpoint the ascending addresses of all signers, and a 65-byte seal.
public enum CliqueHeader {
    /// The nonce of a vote to make the beneficiary a signer.
    public static let nonceAuthorize: UInt64 = .max
    /// The nonce of a vote to remove the beneficiary, or of no vote if the beneficiary is zero.
    public static let nonceDrop: UInt64 = 0

    /// The size of the vanity in bytes.
    public static let vanityCount = 32
    /// The size of the seal in bytes: `r`, `s`, recovery id.
    public static let sealCount = Signature.byteCount

    /// The difficulty of a block by the signer in turn.
    public static let inTurnDifficulty: UInt256 = 2
    /// The difficulty of a block by another signer.
    public static let outOfTurnDifficulty: UInt256 = 1

    /// The number of blocks between checkpoints if the genesis doesn't set it (go-ethereum's default).
    public static let defaultEpoch: UInt64 = 30_000

    /// Whether the block with this number is a checkpoint, which lists all signers and clears all votes.
    public static func isCheckpoint(_ number: UInt64, epoch: UInt64) -> Bool {
        number.isMultiple(of: epoch == 0 ? defaultEpoch : epoch)
    }

    /// The bytes between vanity and seal; nil if `extraData` is too short for both.
    public static func signerBytes(_ extraData: [UInt8]) -> ArraySlice<UInt8>? {
        guard extraData.count >= vanityCount + sealCount else { return nil }
        return extraData[vanityCount..<(extraData.count - sealCount)]
    }

    /// The signers that a checkpoint or genesis block lists; nil if the length is invalid.
    public static func signers(_ extraData: [UInt8]) -> [Address]? {
        guard let bytes = signerBytes(extraData), bytes.count.isMultiple(of: Address.byteCount) else { return nil }
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: Address.byteCount).compactMap {
            Address(bytes[$0..<($0 + Address.byteCount)])
        }
    }

    /// `extraData` with a seal of zeros. The vanity is cut or padded with zeros to 32 bytes.
    public static func extraData(vanity: [UInt8], signers: [Address] = []) -> [UInt8] {
        var bytes = Array(vanity.prefix(vanityCount))
        bytes += [UInt8](repeating: 0, count: vanityCount - bytes.count)
        for signer in signers { bytes += signer.bytes }
        return bytes + [UInt8](repeating: 0, count: sealCount)
    }

    /// The hash that is signed: that of the header without the 65 bytes of the seal.
    public static func sealHash(_ header: Header) -> Hash32 {
        var writer = RLPWriter()
        writer.list { list in header.encodeFields(to: &list, extraData: header.extraData.dropLast(sealCount)) }
        return Keccak256.hash(writer.bytes)
    }

    /// The signer of the header, recovered from its seal.
    ///
    /// A seal with a high `s` is accepted, as in go-ethereum: refusing it would split the network from its nodes.
    ///
    /// - Throws: `brokenRule(.extraData)` if there is no seal, `brokenRule(.seal)` if no key made it.
    /// - Complexity: the recovery of a public key.
    public static func signer(of header: Header) throws(ConsensusError) -> Address {
        guard signerBytes(header.extraData) != nil else { throw .brokenRule(.extraData) }
        guard let signature = Signature(header.extraData.suffix(sealCount)) else { throw .brokenRule(.seal) }
        do {
            return try signature.recover(sealHash(header)).address
        } catch {
            throw .brokenRule(.seal)
        }
    }

    /// The header with the last 65 bytes of `extraData` replaced by the seal of `key`.
    ///
    /// - Throws: `brokenRule(.extraData)` if there is no room for a seal.
    public static func sealed(_ header: Header, with key: PrivateKey) throws(ConsensusError) -> Header {
        guard signerBytes(header.extraData) != nil else { throw .brokenRule(.extraData) }
        var header = header
        let seal = key.sign(sealHash(header)).bytes
        header.extraData.replaceSubrange((header.extraData.count - sealCount)..., with: seal)
        return header
    }
}
