import DevP2P
import Links
import NodeCore
import Primitives
import SansIO

// From events to nodes, and what nodes want done.
extension Simulation {
    func happen(_ kind: Happening.Kind, to node: SimulatedNode, at moment: Instant) {
        switch kind {
        case .datagram(let bytes, let from, let isThrough): datagram(bytes, from: from, isThrough, at: node)
        case .connected(let id, let remote, let key, let remoteIsReady):
            connected(id, to: remote, key: key, remoteIsReady: remoteIsReady, node)
        case .refused(let id): handle(.dialFailed(id), at: node)
        case .bytes(let id, let bytes, let from, let isThrough):
            self.bytes(bytes, of: id, from: from, isThrough, at: node)
        case .remoteClosed(let id):
            trace.add(now, node: node.index, kind: 3)
            guard let connection = node.connections[id] else { return }
            connection.machine.remoteClosed(now: node.clock.local(now))
            flush(id, connection, of: node)
        case .writable(let id):
            guard let connection = node.connections[id] else { return }
            connection.isWaiting = false
            flush(id, connection, of: node)
        case .connectionDeadline(let id):
            guard let connection = node.connections[id], connection.scheduled == moment else { return }
            connection.scheduled = nil
            connection.machine.deadlineReached(now: node.clock.local(now))
            flush(id, connection, of: node)
        case .nodeDeadline:
            guard node.scheduledDeadline == moment else { return }
            node.scheduledDeadline = nil
            handle(.deadlineReached, at: node)
        case .deeds(let count): doDeeds(count, of: node)
        case .jobCompleted(let id): handle(.jobCompleted(id), at: node)
        }
    }

    func schedule(_ kind: Happening.Kind, at moment: Instant, _ node: SimulatedNode) {
        queue.insert(Happening(node: Int32(node.index), life: node.life, kind: kind), at: moment)
    }

    func schedule(_ kind: Happening.Kind, at moment: Instant, _ remote: Remote) {
        queue.insert(Happening(node: remote.node, life: remote.life, kind: kind), at: moment)
    }

    func carryOut(of node: SimulatedNode) {
        for effect in node.core.takeEffects() {
            observer?(node, effect, now)
            switch effect {
            case .sendDatagram(let bytes, let to): sendDatagram(outgoing(bytes, by: node), to: to, from: node)
            case .dial(let id, let to, let key): dial(id, to: to, key: key, from: node)
            case .send(let id, let messages):
                guard let connection = node.connections[id] else { continue }
                connection.machine.send(outgoing(messages, on: id, by: node), now: node.clock.local(now))
                flush(id, connection, of: node)
            case .disconnect(let id, let reason):
                guard let connection = node.connections[id] else { continue }
                connection.machine.disconnect(reason, now: node.clock.local(now))
                flush(id, connection, of: node)
            case .pause(let id): node.connections[id]?.isPaused = true
            case .resume(let id):
                guard let connection = node.connections[id] else { continue }
                connection.isPaused = false
                flush(id, connection, of: node)
            case .run(let id, let job):
                job.work()
                schedule(.jobCompleted(id), at: now + links.jobDuration, node)
            case .reply(let reply): reply()
            case .event(let event): node.keep(event)
            }
        }
        reschedule(node)
    }

    /// Sees to it that a node is woken at its deadline.
    func reschedule(_ node: SimulatedNode) {
        guard node.isRunning, let deadline = node.core.deadline else { return }
        let moment = max(node.clock.moment(deadline), now)
        guard moment < node.scheduledDeadline ?? .distantFuture else { return }
        node.scheduledDeadline = moment
        schedule(.nodeDeadline, at: moment, node)
    }
}
