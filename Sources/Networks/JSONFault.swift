import JSONText

/// Why bytes are not acceptable JSON.
enum JSONFault: Error {
    case syntax(JSONSyntaxError)
    /// A duplicate name in an object, ignoring case; `first` is the offset of the first one.
    case duplicate(offset: Int, key: String, first: Int)
}
