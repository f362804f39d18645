import DevP2P
import NodeCore
import Testing

@testable import NodeNIO

@Suite("Capabilities with for await", .timeLimit(.minutes(1)))
struct AsyncCapabilityTests {
    static let name = CapabilityName("counting", version: 1)

    /// The one that was dialed begins, and each answers a number with the next one.
    private func play(_ toy: AsyncCapability<ToyMessage>, to end: Int) async -> [Int] {
        var numbers: [Int] = []
        for await event in toy {
            switch event {
            case .joined(let peer): if peer.isInbound { await toy.send(ToyMessage(number: 0), to: peer) }
            case .received(let message, let peer):
                numbers.append(message.number)
                if message.number < end { await toy.send(ToyMessage(number: message.number + 1), to: peer) }
                if message.number >= end - 1 { return numbers }
            case .left, .lost, .topicMessage: return numbers
            }
        }
        return numbers
    }

    @Test func twoTasksPlayBall() async throws {
        let first = try TestNode.service(0)
        let second = try TestNode.service(1)
        let toys = [AsyncCapability<ToyMessage>(Self.name), AsyncCapability<ToyMessage>(Self.name)]
        try await first.register(toys[0])
        try await second.register(toys[1])
        async let even = play(toys[0], to: 100)
        async let odd = play(toys[1], to: 100)
        try await first.start()
        try await second.start()
        try await first.addPeer(TestNode.contact(second))
        #expect(await even == Array(stride(from: 0, through: 100, by: 2)))
        #expect(await odd == Array(stride(from: 1, through: 99, by: 2)))
        await first.stop()
        await second.stop()
    }

    /// Passes on what is odd, until it has heard so much of it or is cancelled. What it has heard: parities.
    private static func oddWords(heardBy capability: AsyncCapability<ToyMessage>, count: Int) async -> [UInt8] {
        var heard: [UInt8] = []
        for await event in capability {
            guard case .topicMessage(let message) = event, let parity = message.bytes.last.map({ $0 & 1 }) else {
                continue
            }
            heard.append(parity)
            await capability.judge(message, parity == 1 ? .accept : .ignore)
            if heard.count(where: { $0 == 1 }) == count { break }
        }
        return heard
    }

    /// The middle one decides what goes from one end to the other.
    @Test func topicsCrossNodes() async throws {
        var services: [NodeService] = []
        var words: [AsyncCapability<ToyMessage>] = []
        for index in 0..<3 {
            let service = try TestNode.service(index)
            let capability = AsyncCapability<ToyMessage>(Self.name)
            try await service.register(capability)
            try await service.start()
            await capability.subscribe(to: Topic("words"))
            services.append(service)
            words.append(capability)
        }
        try await services[0].addPeer(TestNode.contact(services[1]))
        try await services[1].addPeer(TestNode.contact(services[2]))
        // Who comes late hears what is published from then on.
        let (first, second, third) = (words[0], words[1], words[2])
        let speech = Task {
            for number in 0... {
                guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
                let bytes = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
                await first.publish(bytes, on: Topic("words"))
            }
        }
        let middle = Task { await Self.oddWords(heardBy: second, count: .max) }
        #expect(await Self.oddWords(heardBy: third, count: 5) == [1, 1, 1, 1, 1])
        speech.cancel()
        middle.cancel()
        #expect(await middle.value.contains(0))
        for service in services { await service.stop() }
    }

    /// The loop that README.md shows.
    @Test func anEcho() async throws {
        let service = try TestNode.service(0)
        let chat = AsyncCapability<ChatLine>(CapabilityName("chat", version: 1))
        try await service.register(chat)
        try await service.start()
        let echo = Task {
            for await event in chat {
                if case .received(let line, let peer) = event { await chat.send(line, to: peer) }
            }
        }
        let other = try TestNode.service(1)
        try await other.register(Chat())
        let events = other.events()
        try await other.start()
        try await other.addPeer(TestNode.contact(service))
        _ = try await events.peerConnected()
        try await other.send("hello", to: Chat.self)
        let heard = try await events.first { event in
            if case .capability(Chat.name, let value) = event { value as? String } else { nil }
        }
        #expect(heard == "hello")
        await service.stop()
        await echo.value
        await other.stop()
    }

    @Test func aSlowReaderLosesMessagesAndLearnsHowMany() async throws {
        let first = try TestNode.service(0)
        let second = try TestNode.service(1)
        let slow = AsyncCapability<ToyMessage>(Self.name, maxQueuedMessages: 10)
        try await first.register(slow)
        try await second.register(Counting(count: 500))
        try await first.start()
        try await second.start()
        try await first.addPeer(TestNode.contact(second))
        func metrics() async throws -> CapabilityMetrics? {
            try await first.capabilities.first { $0.name == Self.name }?.metrics
        }
        while try await metrics()?.messagesReceived != 500 { await Task.yield() }
        // A list of one string of eight bytes.
        #expect(try await metrics()?.bytesReceived == 5000)
        let sent = try await second.capabilities.first { $0.name == Self.name }
        #expect(sent?.metrics.messagesSent == 500 && sent?.metrics.bytesSent == 5000 && sent?.peerCount == 1)
        var numbers: [Int] = []
        var lost: UInt64 = 0
        for await event in slow {
            switch event {
            case .joined, .left: #expect(numbers.isEmpty)
            case .received(let message, _): numbers.append(message.number)
            case .lost(let count): lost += count
            case .topicMessage: break
            }
            if lost > 0 { break }
        }
        #expect(numbers == Array(0..<10))
        #expect(lost == 490)
        await first.stop()
        await second.stop()
    }

    @Test func theEndOfTheNodeEndsTheLoop() async throws {
        let service = try TestNode.service(0)
        let toy = AsyncCapability<ToyMessage>(Self.name)
        try await service.register(toy)
        try await service.start()
        async let count = toy.reduce(0) { count, _ in count + 1 }
        await service.stop()
        #expect(await count == 0)
        // To a node that is gone: nothing, and no waiting.
        await toy.broadcast(ToyMessage(number: 1))
    }

    @Test func aCancelledReaderGoesOn() async throws {
        let toy = AsyncCapability<ToyMessage>(Self.name)
        let reader = Task { await toy.reduce(0) { count, _ in count + 1 } }
        reader.cancel()
        #expect(await reader.value == 0)
        let never = try TestNode.service(0)
        try await never.register(toy)
        async let count = toy.reduce(0) { count, _ in count + 1 }
        await never.stop()
        #expect(await count == 0)
    }
}
