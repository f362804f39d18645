public import DevP2P

// The node numbers the connections that it dials, the driver those that it accepts: apart, so that neither waits for
// the other.
extension ConnectionID {
    /// The n-th connection that the node dials.
    public init(dialed n: UInt64) { self.init(rawValue: 2 &* n) }

    /// The n-th connection that the driver accepts.
    public init(accepted n: UInt64) { self.init(rawValue: 2 &* n &+ 1) }

    public var isAccepted: Bool { rawValue & 1 == 1 }
}
