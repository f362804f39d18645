import Chain
import EthCrypto
import Primitives
import RLP
import Testing

/// eth.md, section 6: one key, one transaction of each type, built and signed here and compared byte by byte.
@Suite struct TransactionKnownAnswerTests {
    let key: PrivateKey
    let sender: Address
    let to: Address
    let list: [AccessListEntry]

    init() throws {
        key = try PrivateKey([UInt8](repeating: 0x46, count: 32))
        sender = try #require(Address(hex: "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"))
        to = try #require(Address(hex: String(repeating: "35", count: 20)))
        let slots = try [1, 2].map { try #require(Hash32([UInt8](repeating: 0, count: 31) + [$0])) }
        list = [
            AccessListEntry(address: try #require(Address([UInt8](repeating: 0x11, count: 20))), storageKeys: slots)
        ]
    }

    private func check(_ transaction: Transaction, raw: String, hash: String, signingHash: String) throws {
        #expect(Hex.encode(transaction.encoded) == raw)
        #expect(transaction.hash.hex == hash)
        #expect(transaction.signingHash.hex == signingHash)
        #expect(try transaction.sender() == sender)
        #expect(try Transaction(rlp: transaction.rlp) == transaction)
        #expect(transaction.size == raw.count / 2)
    }

    @Test func legacy() throws {
        let unsigned = LegacyTransaction(
            nonce: 9, gasPrice: 20_000_000_000, gasLimit: 21_000, to: to, value: 1_000_000_000_000_000_000)
        let transaction = unsigned.signed(by: key, chainID: 1)
        try check(
            transaction,
            raw: "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025"
                + "a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
                + "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            hash: "33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788",
            signingHash: "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53")
        #expect(transaction.type == .legacy && transaction.chainID == 1 && transaction.nonce == 9)
        #expect(transaction.gasLimit == 21_000 && transaction.to == to && transaction.data.isEmpty)
        #expect(transaction.value == 1_000_000_000_000_000_000)
        #expect(transaction.maxFeePerGas == 20_000_000_000 && transaction.maxPriorityFeePerGas == 20_000_000_000)
        #expect(transaction.rlp == transaction.encoded)
        #expect(unsigned.signed(by: key, chainID: nil).chainID == nil)
        #expect(try unsigned.signed(by: key, chainID: nil).sender() == sender)
    }

    @Test func accessList() throws {
        let transaction = AccessListTransaction(
            chainID: 1, nonce: 3, gasPrice: 1_000_000_000, gasLimit: 30_000, to: to, value: 7, data: [0x12, 0x34],
            accessList: list
        ).signed(by: key)
        try check(
            transaction,
            raw:
                "01f8c30103843b9aca0082753094353535353535353535353535353535353535353507821234f85bf859941111111111111111"
                + "111111111111111111111111f842a0000000000000000000000000000000"
                + "0000000000000000000000000000000001a000000000"
                + "0000000000000000000000000000000000000000000000000000000201a0"
                + "83634103e53a008b23b8021d140187af8719a11d625c"
                + "5b5117d1a6fce440abf7a028ee4504e6abdde8a1bd3cbde821c2cb490e875b2ab39164aaf983513d1b77aa",
            hash: "3d32ba8c4d4b21efef424046bd9bbf6d523c4762a3f7fac109754df80b934b97",
            signingHash: "8434f536f6d678b7a34bc9e7bf9f9121ebfcd15342804b668dcb60a03ad48a41")
        #expect(transaction.type == .accessList && transaction.accessList == list)
        #expect(transaction.data == [0x12, 0x34] && transaction.value == 7 && transaction.nonce == 3)
        #expect(transaction.intrinsicGas == 21_000 + 32 + 2_400 + 2 * 1_900)
        #expect(transaction.floorDataGas == 21_000 + 80)
        #expect(transaction.rlp == [0xb8, 0xc6] + transaction.encoded)
    }

    @Test func dynamicFee() throws {
        let transaction = DynamicFeeTransaction(
            chainID: 1, nonce: 4, maxPriorityFeePerGas: 2_000_000_000, maxFeePerGas: 3_000_000_000, gasLimit: 30_000,
            to: nil, data: [0x60, 0x00], accessList: list
        ).signed(by: key)
        try check(
            transaction,
            raw:
                "02f8b40104847735940084b2d05e008275308080826000f85bf859941111111111111111111111111111111111111111f842a0"
                + "000000000000000000000000000000000000000000000000000000000000"
                + "0001a000000000000000000000000000000000000000"
                + "0000000000000000000000000280a0644667e981a54f3fa4a89e4bbceb9e"
                + "61014377fed0b9ef57c52e828cddc806ffa02eedcff3"
                + "cb7a78ea7195948c79350e54db2d0474fa2388b88d3d702f1c18065d",
            hash: "b6a1502cd48e561fada0df1dc25c87aacd387fbe3a039d338ffba2ba07e5ca88",
            signingHash: "9a7a0aceb4574ab33e34ef2636877cf18b3842257a541a893118d78c1fd33a75")
        #expect(transaction.to == nil)
        #expect(transaction.maxFeePerGas == 3_000_000_000 && transaction.maxPriorityFeePerGas == 2_000_000_000)
        #expect(transaction.intrinsicGas(at: .london) == 53_000 + 20 + 2_400 + 3_800)
        #expect(transaction.intrinsicGas(at: .shanghai) == 53_000 + 20 + 2_400 + 3_800 + 2)
    }

    @Test func blob() throws {
        let hash = try #require(Hash32([1] + [UInt8](repeating: 0xab, count: 31)))
        let transaction = BlobTransaction(
            chainID: 1, nonce: 5, maxPriorityFeePerGas: 1_000_000_000, maxFeePerGas: 2_000_000_000, gasLimit: 21_000,
            to: to, maxFeePerBlobGas: 1_000_000, blobHashes: [hash]
        ).signed(by: key)
        try check(
            transaction,
            raw:
                "03f8900105843b9aca0084773594008252089435353535353535353535353535353535353535358080c0830f4240e1a001abab"
                + "ababababababababababababababababababababababababababababab80"
                + "a0109b02cb15fabacbf848755d00d3bced35486ee24e"
                + "b795d56a009c8d734476c0a03ed6027b652e3bca6d152b3f57fa873bdb305abbdd48e627dd75cac686e84736",
            hash: "55c6d60417f68fd3a6f1592f49fbf0ffa577f54b135b5c95c68904e03d4f523b",
            signingHash: "912a3f8fb05b3fc9f10d59f39a98d2b667928e1498f2ffb8effde8d784db1869")
        #expect(transaction.blobHashes == [hash] && transaction.maxFeePerBlobGas == 1_000_000)
        #expect(transaction.blobGas == 131_072)
        let (gas, blobGas): (UInt64, UInt64) = (21_000 * 2_000_000_000, 131_072 * 1_000_000)
        #expect(transaction.maxCost == UInt256(gas + blobGas))
    }

    @Test func setCode() throws {
        let target = try #require(Address([UInt8](repeating: 0x77, count: 20)))
        let authorization = Authorization(chainID: 1, address: target, nonce: 8, signedBy: key)
        #expect(authorization.signingHash.hex == "d5e0e4eb06784ec6a34a0bea48629961357db100f37b610bde0d032ac72e4478")
        #expect(try authorization.authority() == sender)
        let transaction = SetCodeTransaction(
            chainID: 1, nonce: 6, maxPriorityFeePerGas: 1_000_000_000, maxFeePerGas: 2_000_000_000, gasLimit: 100_000,
            to: to, authorizations: [authorization]
        ).signed(by: key)
        try check(
            transaction,
            raw:
                "04f8c90106843b9aca008477359400830186a09435353535353535353535353535353535353535358080c0f85cf85a01947777"
                + "7777777777777777777777777777777777770880a02b0246d1981f8f6607"
                + "626dc6c78d76069a5bb17d2c7f71c6b9aaab8f798420"
                + "c3a0753f46050871ed93fcc54df9058557b72ad17657b6c6d059cdada2c1"
                + "f0b23e8b80a0a70e314f74e5b4cbb1180def30c2bc06"
                + "873ff23ae85c64b2b75e2834362989ada01122eb30af9b5820e6cae58797"
                + "ce01a07f6bac712f62b90c7e1c77de511a4c4b",
            hash: "22a1469ec087f793d3c030a30777e9b5c7c08460de6efb479cfa8288e9abeb0c",
            signingHash: "66ce996dfdbf4e500dd3381904fef820e839408591053bc88294b262c2ba4890")
        #expect(transaction.authorizations == [authorization])
        #expect(transaction.intrinsicGas == 46_000)
    }

    /// The transactions of go-ethereum's eth/protocols/eth/protocol_test.go and of its transaction tests.
    @Test func othersTransactions() throws {
        let rows = [
            (
                "f867088504a817c8088302e2489435353535353535353535353535353535353535358202008025a064b1702d9298fee62dfe"
                    + "ccc57d322a463ad55ca201256d01f62b45b2e1c21c12a064b1702d9298fe"
                    + "e62dfeccc57d322a463ad55ca201256d01f6"
                    + "2b45b2e1c21c10",
                "588df025c4c2d757d3e314bd3dfbfe352687324e6b8557ad1731585e96928aed",
                "9bddad43f934d313c2b79ca28a432dd2b7281029"
            ),
            (
                "f867098504a817c809830334509435353535353535353535353535353535353535358202d98025a052f8f61201b2b11a78d6"
                    + "e866abc9c3db2ae8631fa656bfe5cb53668255367afba052f8f61201b2b1"
                    + "1a78d6e866abc9c3db2ae8631fa656bfe5cb"
                    + "53668255367afb",
                "f39c7dac06a9f3abf09faf5e30439a349d3717611b3ed337cd52b0d192bc72da",
                "3c24d7329e92f84f08556ceb6df1cdb0104ca49f"
            ),
            (
                "f864808504a817c800825208943535353535353535353535353535353535353535808025a0044852b2a670ade5407e78fb28"
                    + "63c51de9fcb96542a07186fe3aeda6bb8a116da0044852b2a670ade5407e"
                    + "78fb2863c51de9fcb96542a07186fe3aeda6"
                    + "bb8a116d",
                "", "f0f6f18bca1b28cd68e4357452947e021241e9ce"
            ),
        ]
        for (raw, hash, sender) in rows {
            let transaction = try Transaction(encoded: try #require([UInt8](hex: raw)))
            #expect(hash.isEmpty || transaction.hash.hex == hash)
            #expect(try transaction.sender().hex == sender)
            #expect(transaction.chainID == 1)
        }
        let raw =
            "01f8630103018261a894b94f5374fce5edbc8e2a8697c15331677e6ebf0b0a825544c001a0c9519f4f2b3033588458197157"
            + "3fadf60c6204f59a911df35ee8a540456b2660a032f1e8e2c5dd761f9e4f88f41c8310aeaba26a8b"
            + "fcdacfedfa12ec3862d37521"
        let typed = try Transaction(encoded: try #require([UInt8](hex: raw)))
        #expect(typed.signingHash.hex == "49b486f0ec0a60dfbbca2d30cb07c9e8ffb2a2ff41f29a1ab6737475f6ff69f3")
        #expect(typed.rlp.prefix(2) == [0xb8, 0x66])
        #expect(typed.accessList.isEmpty && typed.data == [0x55, 0x44])
    }
}
