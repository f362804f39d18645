import DevP2P
import EthWire
import Gossip
import PeerBook
import SansIO
import Topics

// Between connections, capabilities and the node.
extension NodeCore {
    /// All hosts, in the order in which they are called.
    var hosts: [HostID] { [.eth, .topics, .blocks] + own.indices.map { .own($0) } }

    /// The host that serves the capability at an index of the node's list.
    func host(of index: Int) -> any CapabilityHosting {
        switch hostOfCapability[index] {
        case .eth: eth
        case .topics: topics
        case .blocks: blocks
        case .own(let index): own[index]
        }
    }

    /// Makes one call to a capability. What it wants done is carried out by `carryOutHosts`.
    mutating func call(_ host: HostID, _ call: HostCall) {
        var effects: [HostEffect] = []
        switch host {
        case .eth: eth.take(call, now: now, random: &random, effects: &effects)
        case .topics: topics.take(call, now: now, random: &random, effects: &effects)
        case .blocks: blocks.take(call, now: now, random: &random, effects: &effects)
        case .own(let index): own[index].take(call, now: now, random: &random, effects: &effects)
        }
        queue(effects, from: host)
    }

    /// Calls a method that only `blocks/1` has.
    mutating func withBlocks(_ body: (inout BlockGossip, inout CapabilityContext<BlockGossip>) -> Void) {
        var effects: [HostEffect] = []
        blocks.withContext(now: now, random: &random, effects: &effects) { body(&$0, &$1) }
        queue(effects, from: .blocks)
    }

    /// Calls a method that only `topics/1` has.
    mutating func withTopics(_ body: (inout TopicsCapability, inout CapabilityContext<TopicsCapability>) -> Void) {
        var effects: [HostEffect] = []
        topics.withContext(now: now, random: &random, effects: &effects) { body(&$0, &$1) }
        queue(effects, from: .topics)
    }

    /// Sends an `eth` message to peers of any version; it is encoded once for each version.
    mutating func sendEth(_ message: EthMessage, to receivers: [Peer]) {
        guard !receivers.isEmpty else { return }
        var effects: [HostEffect] = []
        eth.withContext(now: now, random: &random, effects: &effects) { $0.send(message, to: receivers, &$1) }
        queue(effects, from: .eth)
    }

    /// Hands a user's own capability what the user has to tell it.
    mutating func command(_ command: any Sendable, to name: CapabilityName) {
        guard isStarted, let index = localHello.capabilities.firstIndex(where: { $0.name == name }),
            case .own = hostOfCapability[index]
        else { return }
        call(hostOfCapability[index], .commandReceived(command))
    }

    private mutating func queue(_ effects: [HostEffect], from host: HostID) {
        hostEffects.append(contentsOf: effects.map { (host, $0) })
    }

    /// Carries out what capabilities want, in order, and what follows from it: an event of one can lead to a call of
    /// another.
    ///
    /// - Parameter budget: effects that may still be carried out in this call.
    /// - Returns: whether there was anything.
    mutating func carryOutHosts(_ budget: inout Int) -> Bool {
        var next = 0
        while next < min(hostEffects.count, budget) {
            let (host, effect) = hostEffects[next]
            next += 1
            carryOut(effect, of: host)
        }
        budget -= next
        guard next == hostEffects.count else {
            hostEffects.removeFirst(next)
            return true
        }
        hostEffects.removeAll(keepingCapacity: hostEffects.capacity <= 1024)
        return next > 0
    }

    private mutating func carryOut(_ effect: HostEffect, of host: HostID) {
        switch effect {
        case .send(let id, let message): send(message, to: id)
        case .disconnect(let id, let reason): close(id, reason)
        case .openSession(let id, let isBehind): openSession(id, isBehind: isBehind)
        case .pause(let id): append(.pause(id))
        case .resume(let id): append(.resume(id))
        case .offence(let id, let offence): report(offence, by: id)
        case .credit(let id, let merit, let bytes, let latency):
            peers.credit(merit, to: id, bytes: bytes, latency: latency, now: now)
        case .run(let job): run(job, for: .capability(host))
        case .serve(let job): serve(job, for: host)
        case .subscribe(let topic): withTopics { $0.subscribe(to: topic, owner: host.topicOwner, &$1) }
        case .unsubscribe(let topic): withTopics { $0.unsubscribe(from: topic, owner: host.topicOwner, &$1) }
        case .publish(let topic, let bytes): withTopics { $0.publish(bytes, on: topic, owner: host.topicOwner, &$1) }
        case .judge(let message, let verdict): withTopics { $0.judge(message, verdict, owner: host.topicOwner, &$1) }
        case .event(let event): capabilityEvent(event, from: host)
        }
    }

    private mutating func capabilityEvent(_ event: any Sendable, from host: HostID) {
        switch (host, event) {
        case (.eth, let event as EthEvent): ethEvent(event)
        case (.topics, let event as TopicsCapability.Event): topicsEvent(event)
        case (.blocks, let event as BlockGossip.Event): blocksEvent(event)
        case (.own(let index), _): emit(.capability(own[index].name, event))
        default: break
        }
    }
}
