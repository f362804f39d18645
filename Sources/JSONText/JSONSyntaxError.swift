/// Where text stops to be JSON, and what would be.
public struct JSONSyntaxError: Error, Hashable, Sendable {
    /// In bytes from the beginning of the text.
    public let offset: Int
    /// As a part of a sentence: `':'`, `a digit`.
    public let expected: String

    public init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }
}
