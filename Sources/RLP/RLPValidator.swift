/// Checks that bytes are one canonical item all the way down, without decoding them into anything.
public enum RLPValidator {
    /// The deepest nesting accepted unless the caller says otherwise: far above any Ethereum message (at most 8).
    public static let defaultMaxDepth = 64

    /// - Throws: the first error found; `tooDeep` for lists nested deeper than `maxDepth`.
    /// - Complexity: O(bytes); the memory is O(maxDepth), on the heap and not on the stack.
    public static func validate(_ bytes: ArraySlice<UInt8>, maxDepth: Int = defaultMaxDepth) throws(RLPError) {
        var top = RLPReader(bytes)
        var open: [RLPReader] = []
        if try top.nextItemIsList() { open.append(try top.readList()) } else { try top.skip() }
        try top.expectEnd()
        while var reader = open.popLast() {
            while !reader.isAtEnd {
                if try reader.nextItemIsList() {
                    let inner = try reader.readList()
                    guard open.count + 1 < maxDepth else { throw .tooDeep }
                    open.append(reader)
                    reader = inner
                } else {
                    try reader.skip()
                }
            }
        }
    }
}

extension RLPReader {
    fileprivate func nextItemIsList() throws(RLPError) -> Bool {
        guard let isList = nextIsList else { throw .truncated }
        return isList
    }
}
