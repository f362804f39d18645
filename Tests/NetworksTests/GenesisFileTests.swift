import Chain
import Networks
import Primitives
import Testing

@Suite struct GenesisFileTests {
    private static let address = "0x" + String(repeating: "ab", count: 20)

    private static func document(
        config: String = "\"chainId\": 5", fields: String = "\"gasLimit\": 5000, \"difficulty\": 2", alloc: String = ""
    ) -> String { "{\"config\": {\(config)}, \(fields), \"alloc\": {\(alloc)}}" }

    private func parse(_ json: String) throws(GenesisFileError) -> (genesis: Genesis, notes: [String]) {
        try GenesisFile.parse(Array(json.utf8), file: "g.json")
    }

    @Test func numbersInEveryForm() throws {
        for (text, value) in [
            ("1", "1"), ("\"1\"", "1"), ("\"0x1\"", "1"), ("\"0x01\"", "1"), ("\"0x000000000000000\"", "0"),
            ("18446744073709551615", "18446744073709551615"),
            ("58750000000000000000000", "58750000000000000000000"),
            ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
            ("\"0x\(String(repeating: "f", count: 64))\"", UInt256.max.description),
        ] {
            let genesis = try parse(Self.document(fields: "\"gasLimit\": \"0x1389\", \"difficulty\": \(text)")).genesis
            #expect(genesis.difficulty.description == value, "\(text)")
            #expect(genesis.gasLimit == 5001)
        }
    }

    @Test func everyField() throws {
        let fields = """
            "gasLimit": "0x2000", "difficulty": "0x20", "nonce": "0x42", "timestamp": "1695902100",
            "extraData": "0x0102", "mixhash": "\(Hash32.emptyListHash)", "COINBASE": "\(Self.address)",
            "number": 0, "gasUsed": "0x4", "parentHash": "\(Hash32.emptyTrieRoot)", "baseFeePerGas": "0x7",
            "excessBlobGas": 8, "blobGasUsed": 9, "slotNumber": 10, "unknown": [1, {"a": null}]
            """
        let genesis = try parse(Self.document(fields: fields)).genesis
        #expect(genesis.nonce == 0x42 && genesis.timestamp == 1_695_902_100 && genesis.extraData == [1, 2])
        #expect(genesis.mixHash == .emptyListHash && genesis.coinbase.description == Self.address)
        #expect(
            genesis.header(stateRoot: .zero).number == 0 && genesis.gasUsed == 4 && genesis.parentHash == .emptyTrieRoot
        )
        #expect(genesis.baseFeePerGas == 7 && genesis.excessBlobGas == 8 && genesis.blobGasUsed == 9)
        #expect(genesis.slotNumber == 10)
        #expect(try parse(GenesisFile.json(genesis)).genesis == genesis)
    }

    @Test func absentAndNullAreTheSame() throws {
        let bare = try parse(Self.document()).genesis
        let nulls =
            "\"gasLimit\": 5000, \"difficulty\": 2, \"baseFeePerGas\": null, \"nonce\": null, \"extraData\": null"
        #expect(
            try parse(Self.document(config: "\"chainId\": 5, \"londonBlock\": null", fields: nulls)).genesis == bare)
        #expect(bare.baseFeePerGas == nil && bare.config.londonBlock == nil && bare.extraData.isEmpty)
        #expect(
            try parse(Self.document(fields: "\"gasLimit\": 5000, \"difficulty\": 2, \"extraData\": \"\"")).genesis
                == bare)
    }

    @Test func config() throws {
        let forks = [
            "homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg", "istanbul",
        ]
        let config = try parse(
            Self.document(
                config: """
                    "chainId": "0x7", "daoForkBlock": 3, "daoForkSupport": true, "berlinBlock": 9, "londonBlock": "10",
                    \(forks.map { "\"\($0)Block\": 0" }.joined(separator: ", ")),
                    "shanghaiTime": 100, "cancunTime": 200, "pragueTime": 300,
                    "osakaTime": 400, "bpo2Time": 500,
                    "terminalTotalDifficulty": 58750000000000000000000,
                    "ethash": {}, "depositContractAddress": "\(Self.address)", "eip150Hash": "0x12",
                    "terminalTotalDifficultyPassed": true,
                    "blobSchedule": {"cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477},
                    "prague": null}
                    """
            ).replacing("\"daoForkBlock\": 3", with: "\"daoForkBlock\": 0")
        ).genesis.config
        #expect(config.chainID == 7 && config.daoForkSupport && config.isEthash)
        #expect(config.istanbulBlock == 0 && config.berlinBlock == 9 && config.londonBlock == 10)
        #expect(config.shanghaiTime == 100 && config.cancunTime == 200 && config.bpo2Time == 500)
        #expect(config.muirGlacierBlock == nil && config.bpo1Time == nil && config.amsterdamTime == nil)
        #expect(config.terminalTotalDifficulty == UInt256("58750000000000000000000"))
        #expect(config.depositContractAddress?.description == Self.address)
        #expect(config.blobSchedule.count == 1 && config.blobSchedule["cancun"]?.max == 6)
    }

    @Test func accounts() throws {
        let alloc = """
            "\(Self.address)": {"balance": "1000000000000000000000"},
            "\(String(repeating: "01", count: 20))": {
                "balance": "0x0", "nonce": "0x1", "code": "0x6001",
                "storage": {"0x1": "0x2", "\(Hash32.emptyListHash)": "00"}
            }
            """
        let genesis = try parse(Self.document(alloc: alloc)).genesis
        #expect(genesis.alloc.count == 2)
        let contract = try #require(genesis.alloc.first?.account)
        #expect(contract.nonce == 1 && contract.code == [0x60, 0x01] && contract.balance == .zero)
        #expect(contract.storage[UInt256(1).bigEndian] == UInt256(2).bigEndian)
        #expect(contract.storage.count == 2)
        // A zero value isn't stored, so it isn't written either.
        let again = try parse(GenesisFile.json(genesis)).genesis
        #expect(again.alloc.first?.account.storage == [UInt256(1).bigEndian: UInt256(2).bigEndian])
        #expect(again.alloc.last == genesis.alloc.last)
    }

    @Test func unknownForksAreNoted() throws {
        let notes = try parse(
            Self.document(
                config: "\"chainId\": 5, \"fooTime\": 3, \"barBlock\": 0, \"blocks\": 1, \"quxTime\": null")
        ).notes
        #expect(
            notes == [
                "g.json, line 1, column 27: config.fooTime looks like a fork, which this node doesn't know and ignores.",
                "g.json, line 1, column 41: config.barBlock looks like a fork, which this node doesn't know and ignores.",
            ])
    }

    static let mistakes: [(json: String, sentence: String)] = [
        ("{", "g.json: this is not JSON, a name in quotation marks is expected here."),
        ("[]", "g.json: the document must be an object."),
        ("{}", "g.json: config is missing."),
        (document(config: ""), "g.json: config.chainId is missing."),
        (
            document(config: "\"chainId\": -1"),
            "g.json: config.chainId must be a whole number of at most 256 bits, in decimal or in hexadecimal after 0x."
        ),
        (
            document(config: "\"chainId\": 1.5"),
            "g.json: config.chainId must be a whole number of at most 256 bits, in decimal or in hexadecimal after 0x."
        ),
        (
            document(config: "\"chainId\": 9223372036854775790"),
            "g.json: config.chainId must be a number from 1 to 9223372036854775789."
        ),
        (document(fields: "\"difficulty\": 1"), "g.json: gasLimit is missing."),
        (document(fields: "\"gasLimit\": 5000"), "g.json: difficulty is missing."),
        (
            document(fields: "\"gasLimit\": \"0x10000000000000000\", \"difficulty\": 1"),
            "g.json: gasLimit must be a number from 5000 to 2^63 - 1; no block can follow others."
        ),
        (
            document(fields: "\"gasLimit\": 5000, \"difficulty\": 1, \"extraData\": \"0x123\""),
            "g.json: extraData must be a string of hexadecimal digits, two for each byte."
        ),
        (
            document(fields: "\"gasLimit\": 5000, \"difficulty\": 1, \"mixHash\": \"0x12\""),
            "g.json: mixHash must be a string of 64 hexadecimal digits."
        ),
        ("{\"config\": {\"chainId\": 1}, \"gasLimit\": 5000, \"difficulty\": 1}", "g.json: alloc is missing."),
        (
            document(alloc: "\"0x12\": {\"balance\": 1}"),
            "g.json: alloc.0x12 must be under an address of 40 hexadecimal digits."
        ),
        (document(alloc: "\"\(address)\": {}"), "g.json: alloc.\(address).balance is missing."),
        (
            document(alloc: "\"\(address)\": {\"balance\": 1, \"storage\": {\"0xzz\": \"1\"}}"),
            "g.json: alloc.\(address).storage.0xzz must be under a slot of at most 64 hexadecimal digits."
        ),
        (
            document(alloc: "\"\(address)\": {\"balance\": 1, \"storage\": {\"1\": 1}}"),
            "g.json: alloc.\(address).storage.1 must be a string of at most 64 hexadecimal digits."
        ),
        (
            document(config: "\"chainId\": 5, \"daoForkSupport\": 1"),
            "g.json: config.daoForkSupport must be true or false."
        ),
        (
            document(config: "\"chainId\": 5, \"blobSchedule\": {\"cancun\": {\"target\": 3, \"max\": 6}}"),
            "g.json: config.blobSchedule.cancun.baseFeeUpdateFraction is missing."
        ),
        (
            document(config: "\"chainId\": 5, \"eip150Block\": 1"),
            "g.json: config.eip150Block is set, so config.homesteadBlock must be set and not be later."
        ),
        (
            document(config: "\"chainId\": 5, \"cancunTime\": 5, \"shanghaiTime\": 6"),
            "g.json: config.cancunTime is set, so config.shanghaiTime must be set and not be later."
        ),
        (document(config: "\"chainId\": 5, \"clique\": {\"epoch\": 5}"), "g.json: config.clique.period is missing."),
        (
            document(config: "\"chainId\": 5, \"clique\": {\"period\": 5}"),
            "g.json: extraData must be 32 bytes, then 20 bytes for each of one or more signers, "
                + "then 65 bytes, config.clique being set."
        ),
    ]

    @Test(arguments: mistakes.indices) func mistakesAreNamed(_ index: Int) {
        let (json, sentence) = Self.mistakes[index]
        do throws(GenesisFileError) {
            _ = try parse(json)
            Issue.record("\(json) is accepted")
        } catch {
            let text = error.description.replacing(/, line \d+, column \d+/, with: "")
            #expect(text == sentence)
        }
    }

    @Test func cliqueChainsHaveNoForksByTime() throws {
        var genesis = Genesis.devnet()
        #expect(try parse(GenesisFile.json(genesis)).genesis == genesis)
        genesis.config.shanghaiTime = 0
        refuses(GenesisFile.json(genesis), with: "config.shanghaiTime must be absent, config.clique being set.")
        genesis.config.shanghaiTime = nil
        genesis.config.clique = CliqueConfig(period: 1, epoch: 0)
        #expect(try parse(GenesisFile.json(genesis)).genesis.config.clique?.epoch == 30_000)
    }

    /// The parse fails, and the sentence ends so.
    private func refuses(_ json: String, with end: String, _ location: SourceLocation = #_sourceLocation) {
        do throws(GenesisFileError) {
            _ = try parse(json)
            Issue.record("it is taken", sourceLocation: location)
        } catch {
            #expect(error.description.hasSuffix(end), "\(error)", sourceLocation: location)
        }
    }

    /// Which of two would count was a matter of chance.
    @Test(arguments: [
        (address, address.uppercased().dropFirst(2).description), (address, address.uppercased()),
        (address, address.dropFirst(2).description), (address, address),
    ])
    func anAddressStandsOnce(_ first: String, _ second: String) {
        let alloc = "\n\"\(first)\": {\"balance\": 1},\n  \"\(second)\": {\"balance\": 2}"
        do throws(GenesisFileError) {
            _ = try parse(Self.document(alloc: alloc))
            Issue.record("it is taken")
        } catch {
            guard case .duplicate(let at, _, let firstLine) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(at == FilePosition(file: "g.json", line: 3, column: 3) && firstLine == 2)
        }
    }

    @Test func keysAndSlotsStandOnce() {
        for config in ["\"chainId\": 5, \"chainId\": 5", "\"chainId\": 5, \"CHAINID\": 6"] {
            refuses(Self.document(config: config), with: "is given twice, first in line 1; leave one of them out.")
        }
        refuses("{\"other\": {\"a\": 1, \"a\": 1}}", with: "a is given twice, first in line 1; leave one of them out.")
        let account = "{\"balance\": 1, \"storage\": {\"0x1\": \"1\", \"0x01\": \"2\"}}"
        refuses(
            Self.document(alloc: "\"\(Self.address)\": \(account)"),
            with: "alloc.\(Self.address).storage.0x01 is given twice, first in line 1; leave one of them out.")
    }

    @Test(arguments: ["1", "4999", "\"0x1\"", "\"0xffffffffffffffff\"", "9223372036854775808", "-5000"])
    func impossibleGasLimits(_ text: String) {
        do throws(GenesisFileError) {
            _ = try parse(Self.document(fields: "\n \"gasLimit\": \(text), \"difficulty\": 1"))
            Issue.record("it is taken")
        } catch {
            guard case .invalid(let at, "gasLimit", _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(at == FilePosition(file: "g.json", line: 2, column: 14))
        }
    }

    @Test func possibleGasLimits() throws {
        for text in ["0", "5000", "9223372036854775807"] {
            _ = try parse(Self.document(fields: "\"gasLimit\": \(text), \"difficulty\": 1"))
        }
    }

    @Test func otherImpossibleValues() {
        func refuses(_ field: String, with end: String) {
            self.refuses(Self.document(fields: "\"gasLimit\": 5000, \"difficulty\": 1, \(field)"), with: end)
        }
        refuses("\"number\": 1", with: "number must be 0: a chain begins with block 0.")
        refuses("\"gasUsed\": 5001", with: "gasUsed must be at most the gas limit.")
        refuses("\"timestamp\": -1", with: "in hexadecimal after 0x.")
        refuses("\"timestamp\": \"0xffffffffffffffff\"", with: "63 bits: seconds since 1970.")
        self.refuses(Self.document(config: "\"chainId\": 0"), with: "from 1 to 9223372036854775789.")
        var genesis = Genesis.devnet()
        genesis.extraData = Genesis.cliqueExtraData(signers: [DevAccounts.signer(0), DevAccounts.signer(0)])
        self.refuses(
            GenesisFile.json(genesis),
            with: "must be a list with each signer once, \(DevAccounts.signer(0)) is there twice.")
    }

    @Test(arguments: [
        ("{\n  \"a\": 1\n  \"b\": 2}", 3, 3), ("{\"é\": tru}", 1, 7), ("{\"a\": 1} x", 1, 10), ("", 1, 1),
        ("{\"a\": 01}", 1, 8), ("{\"a\": \"x\n\"}", 1, 9), ("{\"a\": [1,]}", 1, 10), ("{\"a\": 1.}", 1, 9),
        (String(repeating: "[", count: 100), 1, 65),
    ])
    func mistakesOfJSONHaveAPlace(_ json: String, _ line: Int, _ column: Int) {
        do throws(GenesisFileError) {
            _ = try parse(json)
            Issue.record("it is taken")
        } catch {
            guard case .notJSON(let at, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(at == FilePosition(file: "g.json", line: line, column: column))
        }
    }

    @Test func unreadableFiles() {
        let path = "/nowhere/genesis.json"
        #expect(throws: GenesisFileError.unreadable(file: path)) { try GenesisFile.load(path) }
        #expect(GenesisFileError.unreadable(file: "x").description == "x: there is no such file, or it can't be read.")
    }
}
