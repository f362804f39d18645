import Foundation

extension LocalCluster {
    /// Carries out a request of another terminal, for all nodes named in it or for none.
    mutating func reply(to request: ControlRequest, at now: Date) -> ControlReply {
        var reply = ControlReply(refusal: nil, folder: layout.root, nodes: [])
        let isAboutNodes = ![.status, .info].contains(request.command)
        var indices: [Int] = []
        for name in request.nodes {
            guard let index = layout.nodes.firstIndex(where: { $0.name == name || $0.name == "node" + name }) else {
                let last = layout.nodes.last?.name ?? ""
                reply.refusal = "there is no node '\(name)'; the nodes are node1 to \(last)"
                return reply
            }
            indices.append(index)
            reply.refusal = reply.refusal ?? refusal(of: request.command, index)
        }
        guard reply.refusal == nil else { return reply }
        if isAboutNodes {
            for index in indices { carryOut(request.command, index, now) }
            let names = indices.map { layout.nodes[$0].name }.joined(separator: ", ")
            view.say("Asked to \(request.command.rawValue) \(names).")
        }
        reply.nodes = controlNodes(now)
        if request.command == .info { reply.manifest = manifest.text }
        return reply
    }

    /// Why the command can't be carried out for a node; nil if it can, or has no effect.
    private func refusal(of command: ControlRequest.Command, _ index: Int) -> String? {
        let (name, member) = (layout.nodes[index].name, members[index])
        switch command {
        case .start:
            if case .stopping = member.state { return "\(name) is still stopping; try again in some seconds" }
            return member.isSuspended ? "\(name) is paused; use 'starling cluster resume \(name)'" : nil
        case .pause, .resume:
            return member.isAlive ? nil : "\(name) isn't running; use 'starling cluster start \(name)'"
        case .stop, .status, .info: return nil
        }
    }

    private mutating func carryOut(_ command: ControlRequest.Command, _ index: Int, _ now: Date) {
        switch command {
        case .stop: members[index].stop(at: now)
        case .start: if !members[index].isAlive { members[index].wait() }
        case .pause: members[index].process?.suspend()
        case .resume: members[index].process?.resume()
        case .status, .info: break
        }
    }

    private func controlNodes(_ now: Date) -> [ControlReply.Node] {
        zip(layout.nodes, zip(rows(now), members)).map { node, pair in
            let (row, member) = pair
            return ControlReply.Node(
                name: node.name, state: row.state, note: row.note, rpc: node.rpcURL, pid: member.pid,
                height: row.height,
                peers: row.height == nil ? nil : row.peers)
        }
    }
}
