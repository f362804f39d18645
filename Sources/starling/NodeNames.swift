import Logging
import NodeCore
import NodeNIO
import NodeRecord
import Primitives
import SansIO

/// The nodes that the operator has given by host name: looked up while the node runs, so that one that isn't up yet stops
/// nothing.
struct NodeNames {
    var bootnodes: [NodeReference] = []
    var staticNodes: [NodeReference] = []

    /// Looks names up until it is cancelled.
    func follow(_ service: NodeService, _ logger: Logger) async {
        let all = bootnodes.map { ($0, false) } + staticNodes.map { ($0, true) }
        guard !all.isEmpty else { return }
        let start = ContinuousClock.now
        func now() -> Instant { Instant(nanoseconds: (ContinuousClock.now - start).nanoseconds) }
        var schedule = NameSchedule(count: all.count, now: now())
        while !Task.isCancelled {
            for index in schedule.due(now: now()) {
                let (node, isStatic) = all[index]
                do throws(HostNotFound) {
                    let contact = try await node.resolved()
                    guard schedule.found(index, contact.ip, now: now()) else { continue }
                    if isStatic {
                        try? await service.addPeer(contact)
                    } else {
                        try? await service.withCore { $0.addBootnode(contact) }
                    }
                } catch {
                    let pause = schedule.failed(index, now: now())
                    logger.warning("\(error); it is looked up again in \(pause.components.seconds) s")
                }
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
