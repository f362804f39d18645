extension Scenario {
    /// A time in which a fault is there; without an end where it isn't undone.
    struct Window {
        let fault: Fault
        let time: ClosedRange<Double>
    }

    /// The times of all faults, by their beginnings.
    var windows: [Window] {
        faults.map { fault in
            let end = fault.lasts.map { fault.at + $0 } ?? undone(fault) ?? healAt ?? .infinity
            return Window(fault: fault, time: fault.at...max(fault.at, end))
        }.sorted { $0.time.lowerBound < $1.time.lowerBound }
    }

    /// When another fault ends this one, which has no end of its own.
    private func undone(_ fault: Fault) -> Double? {
        let remedy: Fault.Kind
        switch fault.kind {
        case .heal, .restart: return fault.at
        case .partition: remedy = .heal
        case .crash, .power: remedy = .restart
        case .loss, .drift, .disk, .churn: return nil
        }
        return faults.filter { $0.kind == remedy && $0.at > fault.at }.map(\.at).min()
    }

    /// Whether peers may be about to find each other in a time: there is a fault, or there was one shortly before. Nodes
    /// that leave all the time are no such fault.
    func isDisturbed(_ time: ClosedRange<Double>, recovery: Double) -> Bool {
        disturbance(of: time, recovery: recovery) != nil
    }

    private func disturbance(of time: ClosedRange<Double>, recovery: Double) -> Window? {
        windows.first {
            $0.fault.kind != .churn && $0.time.lowerBound <= time.upperBound
                && time.lowerBound <= $0.time.upperBound + recovery
        }
    }

    /// The first moment at or after `moment` from which on so many seconds aren't disturbed; nil where faults last to the
    /// end.
    func quiet(from moment: Double, for seconds: Double, recovery: Double) -> Double? {
        var moment = moment
        while let window = disturbance(of: moment...moment + seconds, recovery: recovery) {
            guard window.time.upperBound < .infinity else { return nil }
            moment = (window.time.upperBound + recovery).nextUp
        }
        return moment
    }
}
