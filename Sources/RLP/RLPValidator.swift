/// Checks that bytes are one canonical item, at every level, without decoding them.
public enum RLPValidator {
    /// The default limit of nesting. Ethereum messages nest at most 8 deep.
    public static let defaultMaxDepth = 64

    /// Checks that `bytes` are one canonical item and nothing else.
    ///
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
