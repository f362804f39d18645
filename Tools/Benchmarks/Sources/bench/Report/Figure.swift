/// One row of the table.
struct Figure: Codable {
    var group: String
    var name: String
    /// The median over the rounds.
    var value: Double
    /// The best round: what the machine does when nobody disturbs it.
    var best: Double?
    var unit: String
    /// What it is measured beside, and its value in the same unit.
    var besides: String?
    var reference: Double?
    /// How far the goal of `ratio` is reached: reference / value for times, value / reference for rates.
    var ratio: Double?
    var goal: String?
    var isMet: Bool?
}

extension Figure {
    enum Goal {
        /// `ratio` is at least this.
        case ratio(Double)
        /// `value` is at most this.
        case atMost(Double)
    }

    /// A time, in nanoseconds, beside another that was measured in the same rounds.
    init(
        _ group: String, _ name: String, _ timing: Timing, besides label: String? = nil, _ other: Timing? = nil,
        per divisor: Double = 1, unit: String = "ns", goal: Goal? = nil
    ) {
        let scale: Double = ["ns": 1, "us": 1e3, "ms": 1e6][unit] ?? 1
        self.init(group: group, name: name, value: timing.median / divisor / scale, unit: unit)
        besides = label
        best = timing.least / divisor / scale
        compare(timing, other) { $0.median / divisor / scale }
        judge(goal)
    }

    /// A rate from the time of `bytes` bytes.
    init(
        _ group: String, _ name: String, bytes: Int, _ timing: Timing, besides label: String? = nil,
        _ other: Timing? = nil, goal: Goal? = nil
    ) {
        let rate = { (timing: Timing) -> Double in Double(bytes) * 1e3 / timing.median }
        self.init(group: group, name: name, value: rate(timing), unit: "MB/s")
        besides = label
        best = Double(bytes) * 1e3 / timing.least
        compare(timing, other, rate)
        judge(goal)
    }

    /// A number of something.
    init(_ group: String, _ name: String, _ value: Double, _ unit: String, goal: Goal? = nil) {
        self.init(group: group, name: name, value: value, unit: unit)
        judge(goal)
    }

    private mutating func compare(_ timing: Timing, _ other: Timing?, _ value: (Timing) -> Double) {
        guard let other else { return }
        reference = value(other)
        ratio = timing.share(of: other)
    }

    private mutating func judge(_ wanted: Goal?) {
        switch wanted {
        case nil: return
        case .ratio(let least):
            goal = "ratio >= \(Self.short(least))"
            isMet = ratio.map { $0 >= least }
        case .atMost(let most):
            goal = "<= \(Self.short(most)) \(unit)"
            isMet = value <= most
        }
    }

    static func short(_ value: Double) -> String {
        switch abs(value) {
        case 0: "0"
        case ..<10: trimmed((value * 100).rounded() / 100)
        case ..<1000: trimmed((value * 10).rounded() / 10)
        default: "\(Int(value.rounded()))"
        }
    }

    private static func trimmed(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
