import Primitives
import RLP

/// The parts of an encoded node, not copied (trie.md, section 3).
///
/// Strict: what no valid trie contains (an extension with an empty path, an empty leaf value, an embedded child of 32
/// bytes or more, a branch child that is neither hash nor embedded node) is an error before anything is built from it.
enum NodeView {
    /// The hex-prefix path, flag included.
    case leaf(path: ArraySlice<UInt8>, value: ArraySlice<UInt8>)
    case `extension`(path: ArraySlice<UInt8>, child: Child)
    case plainBranch(PlainBranch)
    /// Any other branch: a reader of its 17 items.
    case branch(RLPReader)

    enum Child {
        case none
        case hash(Hash32)
        /// The encoding of a node of less than 32 bytes.
        case embedded(ArraySlice<UInt8>)

        init(from reader: inout RLPReader) throws(RLPError) {
            if reader.nextIsList == true {
                let raw = try reader.readRaw()
                guard raw.count < 32 else { throw .tooMany(limit: 31) }
                self = .embedded(raw)
            } else {
                let bytes = try reader.readBytes()
                if bytes.isEmpty {
                    self = .none
                } else if let hash = Hash32(bytes) {
                    self = .hash(hash)
                } else {
                    throw .wrongLength(expected: 32, found: bytes.count)
                }
            }
        }
    }

    init(_ encoding: ArraySlice<UInt8>) throws(RLPError) {
        if let branch = PlainBranch(encoding) {
            self = .plainBranch(branch)
            return
        }
        var whole = RLPReader(encoding)
        let items = try whole.readList()
        try whole.expectEnd()
        switch try items.countItems() {
        case 2: self = try Self.short(items)
        case 17: self = .branch(items)
        case let count: throw .wrongLength(expected: 17, found: count)
        }
    }

    private static func short(_ items: RLPReader) throws(RLPError) -> NodeView {
        var items = items
        let path = try items.readBytes()
        let (isLeaf, isOdd) = try HexPrefix.flags(of: path)
        if isLeaf {
            let value = try items.readBytes()
            guard !value.isEmpty else { throw .invalidValue }
            return .leaf(path: path, value: value)
        }
        guard isOdd || path.count > 1 else { throw .invalidValue }
        let child = try Child(from: &items)
        if case .none = child { throw .invalidValue }
        return .extension(path: path, child: child)
    }
}
