import Chain
import DevP2P
import EthCrypto
import EthNode
import Files
import Foundation
import KeyValue
import Logging
import Networks
import NodeCore
import NodeNIO
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Storage

/// What a node says on standard error, a line for each thing that happens.
struct NodeLog {
    let logger: Logger

    init(verbosity: Int, format: LogFormat) {
        let output = LogOutput(.standardError)
        var logger = Logger(label: "starling") { LineLog(label: $0, format: format, output: output) }
        logger.logLevel = [.critical, .error, .warning, .info, .debug, .trace][min(max(verbosity, 0), 5)]
        self.logger = logger
    }

    func started(_ setup: NodeSetup, _ status: NodeStatus, head: ChainHead, rpc: String?) {
        let config = setup.network.genesis.config
        logger.info("network \(setup.network.name), chain id \(config.chainID), network id \(setup.network.networkID)")
        logger.info("head \(head.number) \(head.hash)")
        if let contact = NodeContact(status.record) { logger.info("\(contact.enode)") }
        logger.info("\(status.record)")
        if let signer = setup.chain.sealingKey { logger.info("sealing as \(signer.publicKey.address.checksummed)") }
        for note in setup.network.notes { logger.warning("\(note)") }
        logger.info("JSON-RPC \(rpc ?? "off")")
        if setup.network.hasPublicSigners, IPAddress(setup.node.bindHost)?.isLoopback != true || !setup.isAddressGiven {
            logger.warning(
                "the keys of signers of this network are public: whoever reaches the node can rewrite its chain; it listens on \(setup.node.bindHost); --addr changes that"
            )
        }
    }

    func storeFailed(_ error: StorageError) { logger.error("\(error); the node stops") }
    func stopping() { logger.info("stopping") }
    func stopped() { logger.info("stopped") }

    /// How many lines others can cause. Who debugs gets more.
    var limit: LineLimit { LineLimit(factor: logger.logLevel <= .debug ? 10 : 1) }

    /// Writes the line of an event, unless there were too many like it.
    ///
    /// - Parameter now: of a clock that doesn't run backwards.
    func report(_ event: NodeEvent, _ limit: inout LineLimit, now: Instant) {
        for (cause, count) in limit.suppressed(now: now) {
            logger.warning("\(count) more lines like '\(cause)' suppressed")
        }
        guard let line = line(of: event), logger.logLevel <= line.level else { return }
        if let cause = line.cause, !limit.admits(cause, of: line.peer?.id, isOfChain: line.isOfChain, now: now) {
            return
        }
        logger.log(level: line.level, "\(line.text())")
    }

    private func line(of event: NodeEvent) -> LogLine? {
        switch event {
        case .peerConnected(let peer, let capabilities):
            // Whoever dials this node is a stranger, and there may be any number of them.
            .limited(
                peer.isInbound ? .debug : .info, "peer out", of: peer,
                "peer \(peer) \(peer.isInbound ? "in" : "out") \(peer.clientID) "
                    + capabilities.map(\.description).joined(separator: " "))
        case .peerDisconnected(let peer, let cause):
            .limited(peer.isInbound ? .debug : .info, "peer left", of: peer, "peer \(peer) left: \(cause)")
        case .connectionRefused(let endpoint, let reason):
            .limited(.debug, "connection refused", "connection with \(endpoint) refused: \(reason)")
        case .offence(let peer, let offence):
            .limited(.warning, offence.words, of: peer, "peer \(peer): \(offence.words)")
        case .peerBook(let decision): .limited(.debug, "peers: \(decision.kind.words)", "peers: \(decision)")
        case .capability(_, let event as EthNodeEvent): line(of: event)
        case .capability(let name, let event): .limited(.info, "\(name)", "\(name): \(event)")
        case .peersForgotten(let text): .limited(.warning, "peers are lost", "\(text)")
        case .clockSet(let change): .unlimited(.warning, "the system clock was set by \(Self.seconds(change))")
        case .clockDiffers(let difference, let ranges):
            .limited(.warning, "clock", Self.clockWarning(difference, ranges))
        case .descriptorsLacking(let limit):
            .unlimited(
                .warning, "no file descriptors are left for connections (\(limit) in all): raise the limit (ulimit -n)")
        case .nameNotFound(let why, let again):
            .unlimited(.warning, "\(why); it is looked up again in \(again.components.seconds) s")
        }
    }

    private func line(of event: EthNodeEvent) -> LogLine? {
        switch event {
        case .newHead(let head, let dropped):
            .limited(
                .info, "head", isOfChain: true,
                "head \(head.number) \(head.hash.hex.prefix(8)), gas \(head.header.gasUsed)"
                    + (dropped > 0 ? ", \(dropped) blocks of another branch undone" : ""))
        case .sealed(let head, let transactions, let inTurn):
            .unlimited(
                .info,
                "sealed \(head.number) \(head.hash.hex.prefix(8)) \(inTurn ? "in" : "out of") turn, \(transactions) transactions"
            )
        case .sealingFailed(let why):
            .limited(.warning, "no block was sealed", isOfChain: true, "no block was sealed: \(why)")
        case .blockArrived(let hash, let number, _, let sealedHere):
            sealedHere
                ? nil : .limited(.debug, "arrived", isOfChain: true, "block \(number) \(hash.hex.prefix(8)) arrived")
        case .blockRejected(let number, _, let why):
            .limited(.warning, "block refused", "block \(number) refused: \(why)")
        case .syncStarted(let target): .limited(.info, "syncing", "syncing to block \(target)")
        case .syncProgress(let current, let target): .limited(.info, "synced", "synced \(current) of \(target)")
        case .syncFinished(let number): .limited(.info, "in sync", "in sync at block \(number)")
        case .failed(let text): .limited(.error, "the disk failed", "\(text)")
        }
    }
}

extension NodeLog {
    fileprivate static func clockWarning(_ difference: Duration, _ ranges: Int) -> String {
        let side = difference > .zero ? "behind" : "ahead of"
        let amount = seconds(max(difference, .zero - difference))
        return "this node's clock is \(amount) \(side) those of others (\(ranges) ranges): is it set right (NTP)?"
    }

    fileprivate static func seconds(_ duration: Duration) -> String {
        duration.formatted(.units(allowed: [.days, .hours, .minutes, .seconds], fractionalPart: .show(length: 1)))
    }
}
