import Foundation

extension Report {
    /// The report as JSON, with its keys in order.
    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    /// Reads what `json` has written.
    public init(json: [UInt8]) throws { self = try JSONDecoder().decode(Report.self, from: Data(json)) }
}
