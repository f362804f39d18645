/// The position at which text stops being JSON, and what was expected there.
package struct JSONSyntaxError: Error, Hashable, Sendable {
    /// In bytes from the beginning of the text.
    package let offset: Int
    /// What was expected, as part of a sentence: `':'`, `a digit`.
    package let expected: String

    package init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }
}
