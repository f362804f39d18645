import DevP2P
import EthCrypto
import Logging
import NIOCore
import NIOPosix
import NodeCore
import Sidecar

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What became of a program outside the node that serves a capability.
public enum SidecarEvent: Sendable, Hashable, CustomStringConvertible {
    case attached
    case detached

    public var description: String {
        switch self {
        case .attached: "a program has attached"
        case .detached: "the program is gone"
        }
    }
}

/// The Unix socket of one capability: one program at a time serves it.
///
/// It is `@unchecked Sendable`: but for the constants, everything is touched on the home loop only, which `open` and `close`
/// see to.
final class SidecarSocket: RelayAttachment, @unchecked Sendable {
    let reservation: SidecarReservation
    private let logger: Logger
    private var driver: NodeDriver?
    private var channel: (any Channel)?
    private var programs: [ObjectIdentifier: SidecarHandler] = [:]
    private var attached: SidecarHandler?
    private var attachments: UInt64 = 0

    /// Programs that may be connected at a time; those beyond the first can only be told that they are too late.
    private static let maxPrograms = 4

    init(_ reservation: SidecarReservation, logger: Logger) {
        self.reservation = reservation
        self.logger = logger
    }

    private var name: CapabilityName { reservation.descriptor.name }

    func open(on driver: NodeDriver) async throws(BindError) {
        let path = reservation.path
        // A socket file without a process is left behind by a node that was killed.
        if let other = try? await ClientBootstrap(group: driver.home).connect(unixDomainSocketPath: path).get() {
            try? await other.close()
            throw .pathInUse(path)
        }
        do {
            let bound = ServerBootstrap(group: driver.home)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pause = AcceptPause { driver.lackedDescriptors() }
                        try channel.pipeline.syncOperations.addHandler(pause)
                    }
                }
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let handler = self.accept(driver) else { throw ChannelError.inputClosed }
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                }
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
            try await bound.map { channel in
                // Whoever may write to the file may serve the capability: the node's own user.
                chmod(path, 0o600)
                self.driver = driver
                self.channel = channel
                driver.relays[self.name] = { [weak self] value in
                    if let event = value as? RelayEvent<RawMessage> { self?.attached?.relay(event) }
                }
            }.get()
        } catch {
            throw .pathFailed(path, reason: SocketFailure.words(error))
        }
    }

    func close() async {
        guard let home = driver?.home else { return }
        let closed = home.flatSubmit { () -> EventLoopFuture<Void> in
            for program in self.programs.values { program.close() }
            self.driver = nil
            guard let channel = self.channel else { return home.makeSucceededVoidFuture() }
            self.channel = nil
            unlink(self.reservation.path)
            return channel.close()
        }
        try? await closed.get()
    }

    // MARK: From the handlers, on the home loop

    private func accept(_ driver: NodeDriver) -> SidecarHandler? {
        guard self.driver != nil, programs.count < Self.maxPrograms else { return nil }
        let session = SidecarSession(
            reservation.descriptor, own: driver.core.configuration.key.publicKey)
        let handler = SidecarHandler(session, socket: self)
        programs[ObjectIdentifier(handler)] = handler
        return handler
    }

    /// The number of a new attachment; nil while another program is attached.
    func attach(_ program: SidecarHandler) -> UInt64? {
        guard attached == nil else { return nil }
        attached = program
        attachments += 1
        logger.debug("a program has attached", metadata: ["capability": "\(name)"])
        driver?.events.emit(.capability(name, SidecarEvent.attached))
        return attachments
    }

    func carryOut(_ command: RelayCommand<RawMessage>) { driver?.handle(.command(name, command)) }

    /// The program is gone, or is being told why it has to go.
    func detach(_ program: SidecarHandler) {
        guard attached === program else { return }
        attached = nil
        logger.debug("the program is gone", metadata: ["capability": "\(name)"])
        driver?.events.emit(.capability(name, SidecarEvent.detached))
    }

    func closed(_ program: SidecarHandler) { programs[ObjectIdentifier(program)] = nil }
}
