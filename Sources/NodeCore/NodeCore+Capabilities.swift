import DevP2P
import EthWire
import Gossip
import PeerBook
import SansIO

// Between connections, capabilities and the node.
extension NodeCore {
    /// The places of the node's own capabilities in its list; a user's follow.
    enum Place {
        static let eth68 = 0
        static let eth69 = 1
        static let gossip = 2
        static let firstOfUser = 3

        /// Whether a session begins with a handshake of the capability, whose end is `EthEvent.joined`. A capability
        /// without one is open at once.
        static func hasHandshake(_ index: Int) -> Bool { index == eth68 || index == eth69 }
    }

    /// Makes one call to the capability at an index. What it wants done is carried out by `carryOutHosts`.
    mutating func call(_ index: Int, _ call: HostCall) {
        var effects: [HostEffect] = []
        switch index {
        case Place.eth68: eth68.take(call, now: now, random: &random, effects: &effects)
        case Place.eth69: eth69.take(call, now: now, random: &random, effects: &effects)
        case Place.gossip: gossip.take(call, now: now, random: &random, effects: &effects)
        default: own[index - Place.firstOfUser].take(call, now: now, random: &random, effects: &effects)
        }
        queue(effects, from: index)
    }

    /// Calls a method that only gossip has.
    mutating func withGossip(_ body: (inout TopicGossip, inout CapabilityContext<TopicGossip>) -> Void) {
        var effects: [HostEffect] = []
        gossip.withContext(now: now, random: &random, effects: &effects) { body(&$0, &$1) }
        queue(effects, from: Place.gossip)
    }

    /// Sends an `eth` message to peers of either version; it is encoded once for each.
    mutating func sendEth(_ message: EthMessage, to receivers: [Peer]) {
        var effects: [HostEffect] = []
        let old = receivers.filter { eth68.peer($0.connection) != nil }
        if !old.isEmpty {
            eth68.withContext(now: now, random: &random, effects: &effects) { $0.send(message, to: old, &$1) }
            queue(effects, from: Place.eth68)
            effects = []
        }
        let new = receivers.filter { eth69.peer($0.connection) != nil }
        guard !new.isEmpty else { return }
        eth69.withContext(now: now, random: &random, effects: &effects) { $0.send(message, to: new, &$1) }
        queue(effects, from: Place.eth69)
    }

    /// Hands a user's own capability what the user has to tell it.
    mutating func command(_ command: any Sendable, to name: CapabilityName) {
        guard isStarted, let at = own.firstIndex(where: { $0.descriptor.name == name }) else { return }
        call(Place.firstOfUser + at, .commandReceived(command))
    }

    private mutating func queue(_ effects: [HostEffect], from index: Int) {
        hostEffects.append(contentsOf: effects.map { (index, $0) })
    }

    /// Carries out what capabilities want, in order, and what follows from it: an event of one can lead to a call of
    /// another.
    ///
    /// - Parameter budget: effects that may still be carried out in this call.
    /// - Returns: whether there was anything.
    mutating func carryOutHosts(_ budget: inout Int) -> Bool {
        var next = 0
        while next < min(hostEffects.count, budget) {
            let (index, effect) = hostEffects[next]
            next += 1
            carryOut(effect, of: index)
        }
        budget -= next
        guard next == hostEffects.count else {
            hostEffects.removeFirst(next)
            return true
        }
        hostEffects.removeAll(keepingCapacity: hostEffects.capacity <= 1024)
        return next > 0
    }

    private mutating func carryOut(_ effect: HostEffect, of index: Int) {
        switch effect {
        case .send(let id, let message): send(message, to: id)
        case .disconnect(let id, let reason): close(id, reason)
        case .offence(let id, let offence): report(offence, by: id)
        case .credit(let id, let merit, let bytes, let latency):
            peers.credit(merit, to: id, bytes: bytes, latency: latency, now: now)
        case .run(let job): run(job, for: .capability(index))
        case .serve(let job): serve(job, for: index)
        case .subscribe(let topic): withGossip { $0.subscribe(to: topic, owner: index, &$1) }
        case .unsubscribe(let topic): withGossip { $0.unsubscribe(from: topic, owner: index, &$1) }
        case .publish(let topic, let bytes): withGossip { $0.publish(bytes, on: topic, owner: index, &$1) }
        case .judge(let message, let verdict): withGossip { $0.judge(message, verdict, owner: index, &$1) }
        case .event(let event): capabilityEvent(event, from: index)
        }
    }

    private mutating func capabilityEvent(_ event: any Sendable, from index: Int) {
        switch (index, event) {
        case (Place.eth68, let event as EthEvent), (Place.eth69, let event as EthEvent): ethEvent(event)
        case (Place.gossip, let event as TopicGossip.Event): gossipEvent(event)
        default: emit(.capability(localHello.capabilities[index].name, event))
        }
    }
}
