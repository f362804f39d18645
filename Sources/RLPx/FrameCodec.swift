import EthCrypto
import Primitives

/// Seals and opens the frames of one RLPx connection (rlpx.md of the devp2p specification, "Framing").
///
/// Sending appends to a buffer of the caller. Receiving is incremental: `append` received bytes, `open` messages. Once
/// the buffers have grown to the size that the traffic needs, neither direction allocates.
///
/// A peer can't make it hold more memory than it has sent: the size in a frame's header is checked against
/// `maxContentBytes` as soon as the header is authentic, and memory is allocated only as bytes arrive. MACs are checked
/// before the bytes that they cover are decrypted. After an error, `open` throws the same error forever.
public struct FrameCodec: ~Copyable, Sendable {
    /// The maximum content (code and payload) of a frame in bytes: 2^24 - 1 by the format.
    public static let largestContentBytes = FrameLayout.maxContentBytes

    /// An empty buffer of at most this size (a few socket reads) is always kept for the next bytes.
    private static let keptCapacity = 1 << 18

    /// The maximum content accepted from the peer, in bytes.
    public var maxContentBytes: Int

    /// Nil if frames are not encrypted and their MACs are zeros: only in a simulation (`HandshakeSecrets.isPlain`).
    private var cipher: FrameCipher?

    /// Received bytes; those before `consumed` have been processed.
    private var input: [UInt8] = []
    private var consumed = 0
    /// The content size of the frame whose header has been read, but not its body.
    private var openContent: Int?
    private var failure: RLPxError?

    /// A codec for one connection.
    ///
    /// - Parameter secrets: those of this end of the connection; see `Handshake`.
    public init(_ secrets: HandshakeSecrets, maxContentBytes: Int = FrameCodec.largestContentBytes) {
        self.maxContentBytes = maxContentBytes
        cipher = secrets.isPlain ? nil : FrameCipher(secrets)
    }

    // MARK: Sending

    /// Appends the frame of a message to `output`.
    ///
    /// - Throws: `frameTooLarge` if code and payload exceed `largestContentBytes`; nothing has changed then.
    public mutating func seal(
        code: UInt64, payload: Span<UInt8>, into output: inout [UInt8]
    ) throws(RLPxError) {
        let content = FrameLayout.codeCount(code) + payload.count
        guard content <= Self.largestContentBytes else {
            throw .frameTooLarge(bytes: content, limit: Self.largestContentBytes)
        }
        let count = FrameLayout.frameCount(content: content)
        output.append(addingCapacity: count) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                let free = UnsafeMutableRawBufferPointer(buffer)[initialized...].prefix(count)
                payload.withUnsafeBytes {
                    seal(code, $0, content: content, to: UnsafeMutableRawBufferPointer(rebasing: free))
                }
                initialized += count
            }
        }
    }

    /// Writes a frame to `frame`, a buffer of exactly its size.
    private mutating func seal(
        _ code: UInt64, _ payload: UnsafeRawBufferPointer, content: Int, to frame: UnsafeMutableRawBufferPointer
    ) {
        let header = frame.slice(0, FrameLayout.block)
        FrameLayout.writeHeader(content: content, to: header)
        let headerMAC = cipher?.sealHeader(header) ?? .zero
        frame.storeBytes(of: headerMAC, toByteOffset: FrameLayout.block, as: FrameMAC.Block.self)

        let body = frame.slice(FrameLayout.header, FrameLayout.paddedCount(content))
        FrameLayout.writeCode(code, to: body)
        body.slice(content - payload.count, payload.count).copyMemory(from: payload)
        body[content...].initializeMemory(as: UInt8.self, repeating: 0)
        let frameMAC = cipher?.sealBody(body) ?? .zero
        frame.storeBytes(of: frameMAC, toByteOffset: FrameLayout.header + body.count, as: FrameMAC.Block.self)
    }

    // MARK: Receiving

    /// The number of received bytes that are not yet part of an opened message.
    public var bufferedBytes: Int { input.count - consumed }

    /// The memory allocated for them, in bytes.
    var heldBytes: Int { input.capacity }

    /// Adds bytes received from the peer, in pieces of any size.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) { input.append(contentsOf: bytes) }

    /// Adds bytes received from the peer, in pieces of any size.
    public mutating func append(_ bytes: ArraySlice<UInt8>) { input.append(contentsOf: bytes) }

    /// Opens the next message if it is complete: `body` gets its code and payload, which are valid during the call
    /// only.
    ///
    /// - Returns: what `body` returns; nil while more bytes are needed.
    /// - Throws: the peer's violation, after which the connection must be closed: `badHeaderMAC`, `badFrameMAC`,
    ///   `frameTooLarge` or `invalidMessageCode`.
    public mutating func open<R>(
        _ body: (_ code: UInt64, _ payload: Span<UInt8>) -> R
    ) throws(RLPxError) -> R? {
        if let failure { throw failure }
        do {
            guard let content = try openHeader() else { return nil }
            return try openBody(content: content, body)
        } catch {
            failure = error
            input = []
            consumed = 0
            throw error
        }
    }

    /// Frees memory that an idle connection doesn't need.
    public mutating func releaseMemory() {
        compact()
        if input.isEmpty { input = [] }
    }

    /// The content size of the next frame; nil while its header is incomplete.
    private mutating func openHeader() throws(RLPxError) -> Int? {
        if let openContent { return openContent }
        guard bufferedBytes >= FrameLayout.header else {
            compact()
            return nil
        }
        let start = consumed
        let content = input.withUnsafeMutableBytes { input in
            let header = input.slice(start, FrameLayout.block)
            let found = input.loadUnaligned(fromByteOffset: start + FrameLayout.block, as: FrameMAC.Block.self)
            guard cipher?.openHeader(header, found) ?? (found == .zero) else { return -1 }
            return FrameLayout.readHeader(UnsafeRawBufferPointer(header))
        }
        guard content >= 0 else { throw .badHeaderMAC }
        guard content <= maxContentBytes else { throw .frameTooLarge(bytes: content, limit: maxContentBytes) }
        consumed += FrameLayout.header
        openContent = content
        return content
    }

    private mutating func openBody<R>(
        content: Int, _ body: (_ code: UInt64, _ payload: Span<UInt8>) -> R
    ) throws(RLPxError) -> R? {
        let padded = FrameLayout.paddedCount(content)
        guard bufferedBytes >= padded + FrameLayout.block else {
            compact()
            return nil
        }
        let start = consumed
        consumed += padded + FrameLayout.block
        openContent = nil
        var failure = RLPxError.badFrameMAC
        let result: R? = input.withUnsafeMutableBytes { input in
            let ciphertext = input.slice(start, padded)
            let found = input.loadUnaligned(fromByteOffset: start + padded, as: FrameMAC.Block.self)
            guard cipher?.openBody(ciphertext, found) ?? (found == .zero) else { return nil }
            let plaintext = UnsafeRawBufferPointer(ciphertext.slice(0, content))
            guard let (code, count) = FrameLayout.readCode(plaintext) else {
                failure = .invalidMessageCode
                return nil
            }
            let payload = UnsafeRawBufferPointer(rebasing: plaintext[count...])
            return payload.withMemoryRebound(to: UInt8.self) { body(code, $0.span) }
        }
        guard let result else { throw failure }
        return result
    }

    /// Removes the processed bytes. A buffer that one large frame needed is freed once small ones follow; while large
    /// ones keep coming, it is reused.
    private mutating func compact() {
        guard consumed > 0 else { return }
        if consumed == input.count, input.capacity > max(Self.keptCapacity, 4 * consumed) {
            input = []
        } else {
            input.removeSubrange(..<consumed)
        }
        consumed = 0
    }
}

extension UnsafeMutableRawBufferPointer {
    @inline(__always)
    func slice(_ start: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[start..<start + count])
    }

    @inline(__always)
    func loadUnaligned<T: BitwiseCopyable>(as type: T.Type) -> T { loadUnaligned(fromByteOffset: 0, as: type) }
}
