import DevP2P
import NodeCore
import Primitives
import SansIO

extension Simulation {
    /// From now on a node misbehaves; nil for honesty.
    public func setBehaviour(_ behaviour: (any Behaviour)?, of node: SimulatedNode) {
        node.behaviour = behaviour
        node.behaviourCount += 1
        scheduleDeeds(of: node)
    }

    func scheduleDeeds(of node: SimulatedNode) {
        guard let period = node.behaviour?.period else { return }
        schedule(.deeds(node.behaviourCount), at: now + period, node)
    }

    /// What a node's messages become on their way out.
    func outgoing(
        _ messages: [OutboundMessage], on connection: ConnectionID, by node: SimulatedNode
    ) -> [OutboundMessage] {
        guard node.behaviour != nil else { return messages }
        let capabilities = node.core.localHello.capabilities
        return messages.flatMap { message in
            let outgoing = OutgoingMessage(
                message: message, capability: capabilities[message.capability].name, connection: connection, now: now)
            return node.behaviour?.outgoing(outgoing, by: node) ?? [message]
        }
    }

    /// What a datagram of a node becomes on its way out.
    func outgoing(_ datagram: [UInt8], by node: SimulatedNode) -> [UInt8] {
        node.behaviour?.outgoing(datagram: datagram, by: node) ?? datagram
    }

    func doDeeds(_ count: Int, of node: SimulatedNode) {
        guard count == node.behaviourCount else { return }
        let others = nodes.filter { $0.index != node.index }.map {
            Endpoint(ip: $0.endpoint.ip, port: $0.configuration.udpPort)
        }
        let deeds = node.behaviour?.deeds(of: node, among: others, now: node.clock.local(now), random: &node.random)
        perform(deeds ?? [], by: node)
        scheduleDeeds(of: node)
    }

    /// What a node's behaviour does about what the node is told.
    func deeds(about input: NodeInput, at node: SimulatedNode) -> [Deed] {
        guard node.behaviour != nil, case .connection(let id, let events) = input else { return [] }
        let capabilities = node.core.localHello.capabilities
        return events.flatMap { event -> [Deed] in
            guard case .message(let place, let message, let payload) = event, capabilities.indices.contains(place)
            else { return [] }
            let incoming = IncomingMessage(
                capability: capabilities[place].name, id: message, payload: payload, connection: id, now: now)
            return node.behaviour?.incoming(incoming, at: node) ?? []
        }
    }

    func perform(_ deeds: [Deed], by node: SimulatedNode) {
        let local = node.clock.local(now)
        for deed in deeds {
            switch deed {
            case .message(let message, let id):
                guard let connection = node.connections[id] else { continue }
                connection.machine.send([message], now: local)
                flush(id, connection, of: node)
            case .bytes(let bytes, let id):
                guard let connection = node.connections[id] else { continue }
                send(bytes, on: id, connection, of: node)
            case .datagram(let bytes, let to): sendDatagram(bytes, to: to, from: node)
            case .connect(let contact): handle(.addPeer(contact), at: node)
            }
        }
    }
}
