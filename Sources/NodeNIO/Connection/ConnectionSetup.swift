import DevP2P
import EthCrypto
import Logging
import SansIO

/// What all connections of a node have in common.
struct ConnectionSetup: Sendable {
    let identity: PrivateKey
    let hello: LocalHello
    var limits = ConnectionLimits.standard
    let clock: NodeClock
    let bytes = ByteCounters()
    let logger: Logger
    /// Events of one connection that its owner may have before it, in bytes. With what `IngressLimits` let wait in the
    /// connection itself it bounds what a peer can make this node hold.
    var maxOwedBytes = 1 << 20

    init(identity: PrivateKey, hello: LocalHello, clock: NodeClock, logger: Logger) {
        self.identity = identity
        self.hello = hello
        self.clock = clock
        self.logger = logger
    }
}
