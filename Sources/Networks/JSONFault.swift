import JSONText

/// Why bytes are no JSON that can be used.
enum JSONFault: Error {
    case syntax(JSONSyntaxError)
    /// A name that the object has already; names are equal without regard to case.
    case duplicate(offset: Int, key: String, first: Int)
}
