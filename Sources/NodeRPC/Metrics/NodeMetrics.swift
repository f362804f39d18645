import DevP2P
import EthNode
import Files
import NodeCore
import NodeNIO
import SansIO
import Storage

/// All that a node counts, for `GET /metrics`.
struct NodeMetrics: Sendable {
    private let activity: NodeActivity
    private let peers: [PeerDescription]
    private let capabilities: [CapabilityStatus]
    private let decisions: [DecisionCount]
    private let bandwidth: NodeBandwidth
    private let head: ChainHead?
    private let uptime: Duration
    let chain: ChainActivity
    let process: ProcessUsage
    /// Nil where the database is not on disk.
    let disk: DiskUsage?

    init(_ node: any NodeAccess, head: ChainHead?, disk: DiskUsage?, process: ProcessUsage, now: Instant) async {
        chain = await node.chainActivity()
        self.disk = disk
        self.process = process
        activity = await node.activity()
        peers = await node.peers()
        capabilities = await node.capabilities()
        decisions = await node.decisionCounts()
        bandwidth = await node.bandwidth()
        self.head = head
        uptime = now - node.profile.startedAt
    }

    var text: String {
        var text = ExpositionText()
        addNode(&text)
        addPeers(&text)
        addCapabilities(&text)
        addUpload(&text)
        addTraffic(&text)
        addChain(&text)
        addProcess(&text)
        return text.text
    }

    private func addNode(_ text: inout ExpositionText) {
        text.add(.gauge, "starling_uptime_seconds", "Since the start of the node.", [.init(uptime.inSeconds)])
        if let head {
            text.add(.gauge, "starling_head_number", "The number of the newest block.", [.init(head.number)])
            text.add(
                .gauge, "starling_head_timestamp_seconds", "The time of the newest block.", [.init(head.timestamp)])
        }
        text.add(
            .gauge, "starling_syncing", "1 while the node downloads blocks.", [.init(activity.sync == nil ? 0 : 1)])
        text.add(
            .gauge, "starling_pool_transactions", "Transactions in the pool.",
            [
                .init(activity.pendingCount, [("state", "pending")]),
                .init(activity.queuedCount, [("state", "queued")]),
            ])
    }

    private func addPeers(_ text: inout ExpositionText) {
        let inbound = peers.count { $0.isInbound }
        text.add(
            .gauge, "starling_peers", "Connected peers, by who dialed.",
            [
                .init(inbound, [("direction", "inbound")]),
                .init(peers.count - inbound, [("direction", "outbound")]),
            ])
        text.add(
            .counter, "starling_peer_decisions_total",
            "Decisions about peers by kind and reason: dials, refusals, drops, bans, offences that change a score.",
            decisions.map { .init($0.count, [("event", $0.kind), ("reason", $0.reason)]) })
    }

    private func addCapabilities(_ text: inout ExpositionText) {
        func add(
            _ kind: ExpositionText.Kind, _ name: String, _ help: String, _ value: (CapabilityStatus) -> UInt64
        ) {
            text.add(
                kind, "starling_capability_\(name)", help,
                capabilities.map { .init(value($0), [("capability", $0.name.description)]) })
        }
        add(.gauge, "peers", "Connected peers that share the capability.") { UInt64($0.peerCount) }
        add(.counter, "messages_received_total", "Messages from peers.") { $0.metrics.messagesReceived }
        add(.counter, "received_bytes_total", "Payloads from peers, uncompressed.") { $0.metrics.bytesReceived }
        add(.counter, "messages_sent_total", "Messages to peers.") { $0.metrics.messagesSent }
        add(.counter, "sent_bytes_total", "Payloads to peers, uncompressed.") { $0.metrics.bytesSent }
        add(.counter, "malformed_total", "Messages that didn't decode.") { $0.metrics.malformed }
    }

    private func addUpload(_ text: inout ExpositionText) {
        let upload = bandwidth.upload
        text.add(
            .gauge, "starling_upload_limit_bytes", "What may be sent within a period, in bytes on the wire.",
            upload.limits.map { .init($0.bytes, [("seconds", String(UInt64($0.period.inSeconds)))]) })
        text.add(
            .counter, "starling_upload_bytes_total", "Bytes on the wire that were sent, by class.",
            UploadClass.allCases.map { .init(upload.used($0).bytes, [("class", $0.rawValue)]) })
        text.add(
            .counter, "starling_upload_messages_total", "Messages of capabilities that were sent, by class.",
            UploadClass.allCases.map { .init(upload.used($0).messages, [("class", $0.rawValue)]) })
        let held = upload.heldBack
        let kinds: [(String, UInt64)] = [
            ("relay_delayed", held.relayDelayed), ("relay_dropped", held.relayDropped),
            ("block_announced_only", held.blocksAnnouncedOnly), ("request_delayed", held.requestsDelayed),
            ("answer_limited", held.answersLimited), ("answer_emptied", held.answersEmptied),
        ]
        text.add(
            .counter, "starling_upload_held_back_total", "What the upload limits have done.",
            kinds.map { .init($0.1, [("what", $0.0)]) })
        text.add(
            .gauge, "starling_upload_waiting_bytes", "Messages that wait for the upload limits, in bytes on the wire.",
            [.init(upload.waitingBytes)])
        text.add(
            .gauge, "starling_upload_waiting_requests", "Requests of peers that wait for the upload limits.",
            [.init(upload.waitingRequests)])
    }

    private func addTraffic(_ text: inout ExpositionText) {
        let traffic = bandwidth.traffic
        let counters: [(String, String, UInt64)] = [
            ("tcp_received_bytes", "Bytes received over TCP.", traffic.bytesReceived),
            ("tcp_sent_bytes", "Bytes sent over TCP.", traffic.bytesSent),
            ("datagrams_received", "Datagrams received.", traffic.datagramsReceived),
            ("datagrams_sent", "Datagrams sent.", traffic.datagramsSent),
            ("datagrams_dropped", "Datagrams that could not be sent.", traffic.datagramsDropped),
            ("connections_accepted", "TCP connections accepted.", traffic.connectionsAccepted),
            ("connections_dialed", "TCP connections dialed.", traffic.connectionsDialed),
            ("dials_failed", "Dials that found nobody.", traffic.dialsFailed),
            ("jobs_completed", "Jobs that worker threads have done.", traffic.jobsCompleted),
        ]
        for (name, help, value) in counters { text.add(.counter, "starling_\(name)_total", help, [.init(value)]) }
    }
}
