/// Turns the body of an HTTP request into the body of its answer: one call, or a batch of them.
struct Dispatcher: Sendable {
    /// The most calls of a batch.
    let maxBatchCount: Int
    /// Answers to a batch stop at so many bytes.
    let maxResponseBytes: Int
    let context: RPCContext
    private let methods: [String: RPCMethod]

    init(context: RPCContext, maxBatchCount: Int, maxResponseBytes: Int) {
        self.context = context
        self.maxBatchCount = maxBatchCount
        self.maxResponseBytes = maxResponseBytes
        methods = Dictionary(context.methods.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The answer's text; nil where nothing is to be answered, which is so for notifications.
    func answer(to body: [UInt8]) async -> [UInt8]? {
        let value: JSON
        do throws(JSONError) {
            value = try JSONReader.read(body)
        } catch {
            return Self.failure(.parseError, id: .null).encoded
        }
        guard case .array(let calls) = value else { return await answer(toCall: value)?.encoded }
        return await answer(toBatch: calls)
    }

    private func answer(toBatch calls: [JSON]) async -> [UInt8]? {
        guard !calls.isEmpty else { return Self.failure(.invalidRequest("empty batch"), id: .null).encoded }
        guard calls.count <= maxBatchCount else {
            return Self.failure(.invalidRequest("batch too large"), id: .null).encoded
        }
        var text: [UInt8] = []
        for call in calls {
            // Once the answer is too large, the rest isn't called at all; who waits for an answer is told so.
            let answer =
                text.count > maxResponseBytes
                ? call["id"].map { Self.failure(.responseTooLarge, id: $0) } : await self.answer(toCall: call)
            guard let answer else { continue }
            text.append(text.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
            answer.write(to: &text)
        }
        guard !text.isEmpty else { return nil }
        text.append(UInt8(ascii: "]"))
        return text
    }

    private func answer(toCall value: JSON) async -> JSON? {
        let request: RPCRequest
        do throws(RPCRequest.Malformed) {
            request = try RPCRequest(value)
        } catch {
            return Self.failure(error.error, id: error.id)
        }
        do throws(RPCError) {
            guard let method = methods[request.method] else {
                throw Self.known.contains(request.method)
                    ? .disabledMethod(request.method) : .unknownMethod(request.method)
            }
            let result = try await method.call(request.parameters, context)
            return request.id.map { ["jsonrpc": "2.0", "id": $0, "result": result] }
        } catch {
            return request.id.map { Self.failure(error, id: $0) }
        }
    }

    /// What the node could answer, whether it is enabled or not.
    private static let known = Set(RPCMethod.all.map(\.name))

    private static func failure(_ error: RPCError, id: JSON) -> JSON {
        ["jsonrpc": "2.0", "id": id, "error": error.json]
    }
}
