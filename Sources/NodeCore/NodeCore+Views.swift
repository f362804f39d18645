public import DevP2P
public import Discovery
import EthWire
public import Gossip
import PeerBook
public import Storage
import Topics

// What others read of a running node.
extension NodeCore {
    /// The chain on disk. Read it on another thread than the node's own.
    public var chainStore: ChainStore { store }

    /// The capabilities that every node has.
    public static var builtIn: [CapabilityName] {
        (EthCapability.descriptors + TopicsCapability.descriptors + BlockGossip.descriptors).map(\.name)
    }

    /// The transactions that wait for a block.
    ///
    /// A view, not to be kept: while somebody holds it, the next change copies the whole pool.
    public var transactionPool: TransactionPool { pool }

    /// The nodes that discovery knows; nil where it is off.
    public var discoveryTable: KademliaTable? { discovery?.table }

    /// Accepted connections whose handshake isn't done.
    public var pendingInboundCount: Int { peers.pendingInboundCount }
}
