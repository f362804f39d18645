import Foundation

/// Any value of a JSON document.
enum ScenarioValue: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case list([ScenarioValue])
    case object([String: ScenarioValue])
}

/// A value of a scenario and the place where it stands, for sentences about it.
struct ScenarioField {
    let place: String
    let value: ScenarioValue

    func error(_ what: String) -> ScenarioError { ScenarioError("\(place) \(what)") }

    func number(_ range: ClosedRange<Double>) throws(ScenarioError) -> Double {
        guard case .number(let number) = value, range.contains(number) else {
            throw error("must be a number from \(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))")
        }
        return number
    }

    func whole(_ range: ClosedRange<Int>) throws(ScenarioError) -> Int {
        guard case .number(let number) = value, let whole = Int(exactly: number), range.contains(whole) else {
            throw error("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return whole
    }

    func bool() throws(ScenarioError) -> Bool {
        guard case .bool(let bool) = value else { throw error("must be true or false") }
        return bool
    }

    func string() throws(ScenarioError) -> String {
        guard case .string(let string) = value else { throw error("must be a text") }
        return string
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type
    ) throws(ScenarioError) -> Choice where Choice.RawValue == String {
        guard case .string(let string) = value, let choice = Choice(rawValue: string) else {
            throw error("must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func list() throws(ScenarioError) -> [ScenarioField] {
        guard case .list(let list) = value else { throw error("must be a list") }
        return list.enumerated().map { ScenarioField(place: "\(place)[\($0)]", value: $1) }
    }

    /// The members of an object. One that isn't in `known` is a mistake.
    func members(_ known: [String]) throws(ScenarioError) -> [String: ScenarioField] {
        guard case .object(let members) = value else { throw error("must be an object") }
        for key in members.keys.sorted() where !known.contains(key) {
            throw error("has no '\(key)': what it can have is \(known.joined(separator: ", "))")
        }
        let prefix = place.hasSuffix(":") ? place + " " : place + "."
        return Dictionary(uniqueKeysWithValues: members.map { ($0, ScenarioField(place: prefix + $0, value: $1)) })
    }

    private static func short(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}

extension [String: ScenarioField] {
    func number(_ key: String, _ range: ClosedRange<Double>, _ absent: Double) throws(ScenarioError) -> Double {
        try self[key]?.number(range) ?? absent
    }

    func whole(_ key: String, _ range: ClosedRange<Int>, _ absent: Int) throws(ScenarioError) -> Int {
        try self[key]?.whole(range) ?? absent
    }

    func bool(_ key: String) throws(ScenarioError) -> Bool { try self[key]?.bool() ?? false }
}
