/// Why a scenario can't be run: one sentence, with the place in the file.
public struct ScenarioError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
