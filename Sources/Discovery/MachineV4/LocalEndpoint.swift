import NodeRecord
import Primitives
import SansIO

/// The endpoint that this node advertises: set by the operator, or learned from peers.
struct LocalEndpoint: Sendable {
    /// The address set by the operator; if nil, it is learned.
    let ip: IPAddress?
    let udpPort: UInt16
    let tcpPort: UInt16
    private var predictor = EndpointPredictor()
    private var learnedV4: Endpoint?
    private var learnedV6: Endpoint?

    init(ip: IPAddress?, udpPort: UInt16, tcpPort: UInt16) {
        self.ip = ip
        self.udpPort = udpPort
        self.tcpPort = tcpPort
    }

    /// Handles a peer's statement of our endpoint; true if the learned endpoint changed.
    mutating func stated(_ stated: EndpointV4, by host: IPAddress, now: Instant) -> Bool {
        guard ip == nil, let statedIP = stated.ip else { return false }
        predictor.add(Endpoint(ip: statedIP, port: stated.udpPort), by: host, now: now)
        let v4 = predictor.prediction(isV4: true) ?? learnedV4
        let v6 = predictor.prediction(isV4: false) ?? learnedV6
        guard v4 != learnedV4 || v6 != learnedV6 else { return false }
        (learnedV4, learnedV6) = (v4, v6)
        return true
    }

    /// The endpoint in the `from` field of our pings, of which peers use only the TCP port.
    var inPing: EndpointV4 {
        EndpointV4(
            ip: ip ?? learnedV4?.ip ?? learnedV6?.ip, udpPort: learnedV4?.port ?? learnedV6?.port ?? udpPort,
            tcpPort: tcpPort)
    }

    func write(to draft: inout NodeRecordDraft) {
        typealias Key = NodeRecord.Key
        if let ip {
            draft.setAddress(ip)
        } else {
            draft.set(Key.ip, bytes: learnedV4?.ip.bytes)
            draft.set(Key.ip6, bytes: learnedV6?.ip.bytes)
        }
        let port = learnedV4?.port ?? udpPort
        let portV6 = learnedV6?.port ?? port
        draft.set(Key.udp, integer: port == 0 ? nil : UInt64(port))
        draft.set(Key.udp6, integer: portV6 == port ? nil : UInt64(portV6))
        draft.set(Key.tcp, integer: tcpPort == 0 ? nil : UInt64(tcpPort))
    }
}
