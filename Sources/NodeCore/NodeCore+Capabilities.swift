import DevP2P
import Discovery
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Topics

// Between connections, hosts of capabilities and the node.
extension NodeCore {
    /// The host that serves the capability at an index of the node's list.
    func host(of index: Int) -> any CapabilityHosting { index < topics.index ? hosts[hostOfCapability[index]] : topics }

    /// Makes one call to a host, by its index. What it wants done is carried out by `carryOutHosts`.
    mutating func call(_ host: Int, _ call: HostCall) {
        var context = hostContext((any Sendable).self)
        hosts[host].take(call, &context)
        random = context.random
        for effect in context.effects { hostEffects.append(.host(host, effect)) }
    }

    /// Makes one call to the host that serves the capability at an index of the node's list.
    mutating func call(at index: Int, _ call: HostCall) {
        index < topics.index ? self.call(hostOfCapability[index], call) : withTopics { $0.take(call, &$1) }
    }

    /// Makes one call to each host.
    mutating func callAll(_ call: HostCall) {
        for host in hosts.indices { self.call(host, call) }
        withTopics { $0.take(call, &$1) }
    }

    /// Counts a message that is sent to one peer.
    mutating func noteSent(_ message: OutboundMessage) {
        message.capability < topics.index
            ? hosts[hostOfCapability[message.capability]].sent(message) : topics.sent(message)
    }

    private mutating func hostContext<Event: Sendable>(_ type: Event.Type) -> HostContext<Event> {
        HostContext(
            now: now, wall: wall, random: random, uploadRoom: upload.isLimited ? upload.relayRoom(now: now) : .max)
    }

    private mutating func withTopics(
        _ body: (inout CapabilityHost<TopicsCapability>, inout HostContext<TopicsCapability.Event>) -> Void
    ) {
        var context = hostContext(TopicsCapability.Event.self)
        body(&topics, &context)
        random = context.random
        for effect in context.effects { hostEffects.append(.topics(effect)) }
    }

    /// What a host wants of topics.
    private mutating func carryOut(_ request: TopicRequest, of owner: Int) {
        withTopics { topics, node in
            topics.withContext(&node) { topics, node in
                switch request {
                case .subscribe(let topic): topics.subscribe(to: topic, owner: owner, &node)
                case .unsubscribe(let topic): topics.unsubscribe(from: topic, owner: owner, &node)
                case .publish(let topic, let bytes): topics.publish(bytes, on: topic, owner: owner, &node)
                case .judge(let message, let verdict): topics.judge(message, verdict, owner: owner, &node)
                }
            }
        }
    }

    private mutating func carryOut(_ event: TopicsCapability.Event) {
        switch event {
        case .message(let message, let owner): call(owner, .topicMessage(message))
        case .contacts(let contacts, let peer):
            let named = contacts.map {
                NodeContact(publicKey: $0.publicKey, ip: $0.endpoint.ip, udpPort: 0, tcpPort: $0.endpoint.port)
            }
            hear(of: named, from: peer)
        }
    }

    /// Hands a capability what the node's user has to tell it.
    mutating func command(_ command: any Sendable, to name: CapabilityName) {
        guard isStarted, let index = localHello.capabilities.firstIndex(where: { $0.name == name }),
            index < topics.index
        else { return }
        call(hostOfCapability[index], .commandReceived(command))
    }

    /// Carries out what capabilities want, in order, and what follows from it: an event of one can lead to a call of
    /// another.
    ///
    /// - Parameter budget: effects that may still be carried out in this call.
    /// - Returns: whether there was anything.
    mutating func carryOutHosts(_ budget: inout Int) -> Bool {
        var next = 0
        while next < min(hostEffects.count, budget) {
            let queued = hostEffects[next]
            next += 1
            switch queued {
            case .host(let host, let effect): carryOut(effect, of: host)
            case .topics(.event(let event)): carryOut(event)
            // It has no jobs, and opens no topics of its own.
            case .topics(let effect): carryOut(effect.erased, of: hosts.count)
            }
        }
        budget -= next
        guard next == hostEffects.count else {
            hostEffects.removeFirst(next)
            return true
        }
        hostEffects.removeAll(keepingCapacity: hostEffects.capacity <= 1024)
        return next > 0
    }

    private mutating func carryOut(_ effect: HostEffect<any Sendable>, of host: Int) {
        switch effect {
        case .send(let id, let message): send(message, to: id)
        case .disconnect(let id, let reason): close(id, reason)
        case .openSession(let id, let isBehind): openSession(id, isBehind: isBehind)
        case .sessionRefused(let id, let label, let reason): sessionRefused(id, label: label, reason: reason)
        case .pause(let id): append(.pause(id))
        case .resume(let id): append(.resume(id))
        case .offence(let id, let offence): report(offence, by: id)
        case .credit(let id, let merit, let bytes, let latency):
            peers.credit(merit, to: id, bytes: bytes, latency: latency, now: now)
        case .run(let job): run(job, for: .host(host, ticket: job.ticket))
        case .serve(let job): serve(job, for: host)
        case .heldBack: upload.noteAnnouncedOnly()
        case .topic(let request): carryOut(request, of: host)
        case .recordEntry(let key, let rlp):
            // An entry that doesn't fit is left out, as `setRecordEntry` says.
            try? discovery.setEntry(key, rlp: rlp)
        case .candidateFilter(let filter): peers.candidateFilter = filter
        case .keepPeer(let contact): peers.addStatic(contact, now: now)
        case .dropPeer(let id): peers.removeStatic(id, now: now)
        case .heard(let contacts, let id):
            if let peer = connections[id]?.peer { hear(of: contacts, from: peer) }
        case .progress(let progress):
            peers.isSyncing = progress.isSyncing
            peers.setHeldUp(progress.isHeldUp, now: now)
        case .clockDifference(let id, let difference): noteClock(difference, of: id)
        case .reply(let reply): append(.reply(reply))
        case .event(let event): emit(.capability(hosts[host].descriptors[0].name, event))
        }
    }
}

/// What a host wants done and isn't carried out yet.
enum QueuedEffect: Sendable {
    /// Of a host by its index.
    case host(Int, HostEffect<any Sendable>)
    case topics(HostEffect<TopicsCapability.Event>)
}
