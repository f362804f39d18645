import DevP2P
import EthCrypto
import Logging
import NIOCore
import NodeCore
import NodeRecord
import Primitives

// Nodes that are known by host name.
extension NodeDriver {
    /// - Returns: whether there was room for one more.
    func follow(_ url: EnodeURL, _ use: NodeNames.Use) -> Bool {
        guard names.add(url, use, now: now) else { return false }
        lookUpNames()
        return true
    }

    /// Begins the lookups that are due.
    func lookUpNames() {
        guard !isStopping else { return }
        for outcome in names.overdue(now: now) { take(outcome) }
        guard names.isDue(now: now) else { return }
        let connected = Set(core.peerStatuses.map(\.peer.id))
        let lookups = names.due(now: now) { id, use in
            switch use {
            case .bootnode: connected.isEmpty
            case .staticPeer: !connected.contains(id)
            }
        }
        for lookup in lookups { begin(lookup) }
    }

    /// A node is dialed where it was last; meanwhile its name is looked up, for the next dial.
    func lookUpName(of key: PublicKey) {
        if let lookup = names.dialing(key.nodeID, now: now) { begin(lookup) }
    }

    private func begin(_ lookup: NodeNames.Lookup) {
        let resolver = resolver
        Task {
            let addresses = await resolver.addresses(lookup.host)
            self.home.execute {
                guard !self.isStopping else { return }
                self.take(self.names.answered(lookup, addresses, now: self.now))
            }
        }
    }

    private func take(_ outcome: NodeNames.Outcome) {
        switch outcome {
        case .moved(let contact, let use):
            setup.logger.debug("name found", metadata: ["node": "\(contact.enode)"])
            switch use {
            case .bootnode:
                core.addBootnode(contact)
                scheduleFlush()
            case .staticPeer: handle(.addPeer(contact))
            }
        case .failed(let error, let pause): events.emit(.nameNotFound("\(error)", again: pause))
        case .nothing: break
        }
    }
}
