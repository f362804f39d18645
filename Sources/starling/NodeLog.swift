import Chain
import DevP2P
import EthCrypto
import Foundation
import Logging
import Networks
import NodeCore
import NodeNIO
import NodeRecord
import Primitives
import SansIO
import Storage

/// What a node says on standard error, a line for each thing that happens.
struct NodeLog {
    let logger: Logger

    init(verbosity: Int) {
        var logger = Logger(label: "starling") { StandardErrorLog(label: $0) }
        logger.logLevel = [.critical, .error, .warning, .info, .debug, .trace][min(max(verbosity, 0), 5)]
        self.logger = logger
    }

    func started(_ setup: NodeSetup, _ status: NodeStatus, rpc: String?) {
        let config = setup.network.genesis.config
        logger.info("network \(setup.network.name), chain id \(config.chainID), network id \(setup.network.networkID)")
        logger.info("head \(status.head.number) \(status.head.hash)")
        if let contact = status.record.flatMap({ NodeContact($0) }) { logger.info("\(contact.enode)") }
        if let record = status.record { logger.info("\(record)") }
        if let signer = setup.node.node.sealingKey { logger.info("sealing as \(signer.publicKey.address)") }
        for note in setup.network.notes { logger.warning("\(note)") }
        logger.info("JSON-RPC \(rpc ?? "off")")
        if setup.network.hasPublicSigners, IPAddress(setup.node.bindHost)?.isLoopback != true || !setup.isAddressGiven {
            logger.warning(
                "the keys of signers of this network are public: whoever reaches the node can rewrite its chain; it listens on \(setup.node.bindHost); --addr changes that"
            )
        }
    }

    func stopping() { logger.info("stopping") }
    func stopped() { logger.info("stopped") }

    /// Writes the line of an event, unless there were too many like it.
    ///
    /// - Parameter now: of a clock that doesn't run backwards.
    func report(_ event: NodeEvent, _ limit: inout LineLimit, now: Instant) {
        for (cause, count) in limit.suppressed(now: now) {
            logger.warning("\(count) more lines like '\(cause)' suppressed")
        }
        /// A line that peers can cause. For those who debug it is complete.
        func limited(_ level: Logger.Level, _ cause: String, of peer: Peer? = nil, _ text: @autoclosure () -> String) {
            guard logger.logLevel <= level else { return }
            guard level == .debug || limit.admits(cause, of: peer?.id, now: now) else { return }
            logger.log(level: level, "\(text())")
        }
        switch event {
        case .newHead(let head, let dropped):
            let undone = dropped > 0 ? ", \(dropped) blocks of another branch undone" : ""
            limited(
                .info, "head", "head \(head.number) \(head.hash.hex.prefix(8)), gas \(head.header.gasUsed)\(undone)")
        case .sealed(let head, let transactions, let inTurn):
            logger.info(
                "sealed \(head.number) \(head.hash.hex.prefix(8)) \(inTurn ? "in" : "out of") turn, \(transactions) transactions"
            )
        case .sealingFailed(let why): limited(.warning, "no block was sealed", "no block was sealed: \(why)")
        case .peerConnected(let peer, let capabilities):
            let names = capabilities.map(\.description).joined(separator: " ")
            let text = "peer \(peer) \(peer.isInbound ? "in" : "out") \(peer.clientID) \(names)"
            // Whoever dials this node is a stranger, and there may be any number of them.
            limited(peer.isInbound ? .debug : .info, "peer out", of: peer, text)
        case .peerDisconnected(let peer, let cause):
            limited(peer.isInbound ? .debug : .info, "peer left", of: peer, "peer \(peer) left: \(cause)")
        case .connectionRefused(let endpoint, let reason):
            logger.debug("connection with \(endpoint) refused: \(reason)")
        case .offence(let peer, let offence):
            limited(.warning, offence.rawValue, of: peer, "peer \(peer): \(offence)")
        case .peerBook(let decision): logger.debug("peers: \(decision)")
        case .blockArrived(let hash, let number, _, let sealedHere):
            if !sealedHere { logger.debug("block \(number) \(hash.hex.prefix(8)) arrived") }
        case .blockRejected(let number, _, let why):
            limited(.warning, "block refused", "block \(number) refused: \(why)")
        case .syncStarted(let target): limited(.info, "syncing", "syncing to block \(target)")
        case .syncProgress(let current, let target): limited(.info, "synced", "synced \(current) of \(target)")
        case .syncFinished(let number): limited(.info, "in sync", "in sync at block \(number)")
        case .capability(let name, let event): limited(.info, "\(name)", "\(name): \(event)")
        case .peersForgotten(let text): logger.warning("\(text)")
        case .clockSet(let change): logger.warning("the system clock was set by \(Self.seconds(change))")
        case .clockDiffers(let difference, let ranges):
            let side = difference > .zero ? "behind" : "ahead of"
            logger.warning(
                "this node's clock is \(Self.seconds(max(difference, .zero - difference))) \(side) those of others (\(ranges) ranges): is it set right (NTP)?"
            )
        case .failed(let text): logger.error("\(text)")
        }
    }
}

extension NodeLog {
    fileprivate static func seconds(_ duration: Duration) -> String {
        duration.formatted(.units(allowed: [.days, .hours, .minutes, .seconds], fractionalPart: .show(length: 1)))
    }
}

/// `2026-11-23T06:00:00.123 info   text`
private struct StandardErrorLog: LogHandler {
    let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date().formatted(.iso8601.time(includingFractionalSeconds: true).timeZone(separator: .omitted))
        let level = event.level.rawValue.padding(to: 8)
        let details = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        FileHandle.standardError.write(Data("\(time) \(level) \(event.message)\(details)\n".utf8))
    }
}
