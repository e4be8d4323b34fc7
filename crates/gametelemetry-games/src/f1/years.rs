//! The packets of each year under their plain names: [`f25::LapData`], [`f26::LapData`].
//!
//! Adds nothing to [`packets`](super::packets) but the names.

/// Format 2022: F1 22, and later games that are told to send it.
pub mod f22 {
    pub use crate::f1::packets::car_damage::{CarDamage22 as CarDamage, CarDamageOfCar22 as CarDamageOfCar};
    pub use crate::f1::packets::car_setups::{CarSetup22 as CarSetup, CarSetups22 as CarSetups};
    pub use crate::f1::packets::car_status::{CarStatus22 as CarStatus, CarStatusOfCar22 as CarStatusOfCar};
    pub use crate::f1::packets::car_telemetry::{
        CarTelemetry22 as CarTelemetry, CarTelemetryOfCar22 as CarTelemetryOfCar,
    };
    pub use crate::f1::packets::event::Event22 as Event;
    pub use crate::f1::packets::final_classification::{
        Classification22 as Classification, FinalClassification22 as FinalClassification,
    };
    pub use crate::f1::packets::header::Header22 as Header;
    pub use crate::f1::packets::lap_data::{CarLap22 as CarLap, LapData22 as LapData};
    pub use crate::f1::packets::lobby_info::{LobbyInfo22 as LobbyInfo, LobbyPlayer22 as LobbyPlayer};
    pub use crate::f1::packets::motion::{
        CarMotion22 as CarMotion, Motion22 as Motion, PlayerMotion22 as PlayerMotion,
    };
    pub use crate::f1::packets::participants::{
        Participant22 as Participant, Participants22 as Participants,
    };
    pub use crate::f1::packets::session::Session22 as Session;
    pub use crate::f1::packets::session_history::{
        HistoryLap22 as HistoryLap, SessionHistory22 as SessionHistory, TyreStint,
    };
}

/// Format 2023: F1 23, and later games that are told to send it.
pub mod f23 {
    pub use crate::f1::packets::car_damage::{CarDamage23 as CarDamage, CarDamageOfCar22 as CarDamageOfCar};
    pub use crate::f1::packets::car_setups::{CarSetup22 as CarSetup, CarSetups23 as CarSetups};
    pub use crate::f1::packets::car_status::{CarStatus23 as CarStatus, CarStatusOfCar23 as CarStatusOfCar};
    pub use crate::f1::packets::car_telemetry::{
        CarTelemetry23 as CarTelemetry, CarTelemetryOfCar22 as CarTelemetryOfCar,
    };
    pub use crate::f1::packets::event::Event23 as Event;
    pub use crate::f1::packets::final_classification::{
        Classification22 as Classification, FinalClassification23 as FinalClassification,
    };
    pub use crate::f1::packets::header::Header23 as Header;
    pub use crate::f1::packets::lap_data::{CarLap23 as CarLap, LapData23 as LapData};
    pub use crate::f1::packets::lobby_info::{LobbyInfo23 as LobbyInfo, LobbyPlayer23 as LobbyPlayer};
    pub use crate::f1::packets::motion::{CarMotion22 as CarMotion, Motion23 as Motion};
    pub use crate::f1::packets::motion_ex::MotionEx23 as MotionEx;
    pub use crate::f1::packets::participants::{
        Participant23 as Participant, Participants23 as Participants,
    };
    pub use crate::f1::packets::session::Session23 as Session;
    pub use crate::f1::packets::session_history::{
        HistoryLap23 as HistoryLap, SessionHistory23 as SessionHistory, TyreStint,
    };
    pub use crate::f1::packets::tyre_sets::{TyreSet, TyreSets23 as TyreSets};
}

/// Format 2024: F1 24, and later games that are told to send it.
pub mod f24 {
    pub use crate::f1::packets::car_damage::{CarDamage23 as CarDamage, CarDamageOfCar22 as CarDamageOfCar};
    pub use crate::f1::packets::car_setups::{CarSetup24 as CarSetup, CarSetups24 as CarSetups};
    pub use crate::f1::packets::car_status::{CarStatus23 as CarStatus, CarStatusOfCar23 as CarStatusOfCar};
    pub use crate::f1::packets::car_telemetry::{
        CarTelemetry23 as CarTelemetry, CarTelemetryOfCar22 as CarTelemetryOfCar,
    };
    pub use crate::f1::packets::event::Event23 as Event;
    pub use crate::f1::packets::final_classification::{
        Classification22 as Classification, FinalClassification23 as FinalClassification,
    };
    pub use crate::f1::packets::header::Header23 as Header;
    pub use crate::f1::packets::lap_data::{CarLap24 as CarLap, LapData24 as LapData};
    pub use crate::f1::packets::lobby_info::{LobbyInfo24 as LobbyInfo, LobbyPlayer24 as LobbyPlayer};
    pub use crate::f1::packets::motion::{CarMotion22 as CarMotion, Motion23 as Motion};
    pub use crate::f1::packets::motion_ex::MotionEx24 as MotionEx;
    pub use crate::f1::packets::participants::{
        Participant24 as Participant, Participants24 as Participants,
    };
    pub use crate::f1::packets::session::Session24 as Session;
    pub use crate::f1::packets::session_history::{
        HistoryLap23 as HistoryLap, SessionHistory23 as SessionHistory, TyreStint,
    };
    pub use crate::f1::packets::time_trial::{TimeTrial24 as TimeTrial, TimeTrialLap24 as TimeTrialLap};
    pub use crate::f1::packets::tyre_sets::{TyreSet, TyreSets23 as TyreSets};
}

/// Format 2025: F1 25.
pub mod f25 {
    pub use crate::f1::packets::car_damage::{CarDamage25 as CarDamage, CarDamageOfCar25 as CarDamageOfCar};
    pub use crate::f1::packets::car_setups::{CarSetup24 as CarSetup, CarSetups24 as CarSetups};
    pub use crate::f1::packets::car_status::{CarStatus23 as CarStatus, CarStatusOfCar23 as CarStatusOfCar};
    pub use crate::f1::packets::car_telemetry::{
        CarTelemetry23 as CarTelemetry, CarTelemetryOfCar22 as CarTelemetryOfCar,
    };
    pub use crate::f1::packets::event::Event23 as Event;
    pub use crate::f1::packets::final_classification::{
        Classification25 as Classification, FinalClassification25 as FinalClassification,
    };
    pub use crate::f1::packets::header::Header23 as Header;
    pub use crate::f1::packets::lap_data::{CarLap24 as CarLap, LapData24 as LapData};
    pub use crate::f1::packets::lap_positions::LapPositions25 as LapPositions;
    pub use crate::f1::packets::lobby_info::{LobbyInfo25 as LobbyInfo, LobbyPlayer25 as LobbyPlayer};
    pub use crate::f1::packets::motion::{CarMotion22 as CarMotion, Motion23 as Motion};
    pub use crate::f1::packets::motion_ex::MotionEx25 as MotionEx;
    pub use crate::f1::packets::participants::{
        LiveryColour, Participant25 as Participant, Participants25 as Participants,
    };
    pub use crate::f1::packets::session::Session24 as Session;
    pub use crate::f1::packets::session_history::{
        HistoryLap23 as HistoryLap, SessionHistory23 as SessionHistory, TyreStint,
    };
    pub use crate::f1::packets::time_trial::{TimeTrial24 as TimeTrial, TimeTrialLap24 as TimeTrialLap};
    pub use crate::f1::packets::tyre_sets::{TyreSet, TyreSets23 as TyreSets};
}

/// Format 2026: F1 25 with the 2026 season pack.
pub mod f26 {
    pub use crate::f1::packets::car_damage::{CarDamage26 as CarDamage, CarDamageOfCar25 as CarDamageOfCar};
    pub use crate::f1::packets::car_setups::{CarSetup24 as CarSetup, CarSetups26 as CarSetups};
    pub use crate::f1::packets::car_status::{CarStatus26 as CarStatus, CarStatusOfCar26 as CarStatusOfCar};
    pub use crate::f1::packets::car_telemetry::{
        CarTelemetry26 as CarTelemetry, CarTelemetryOfCar26 as CarTelemetryOfCar,
    };
    pub use crate::f1::packets::car_telemetry_2::{CarTelemetry2, CarTelemetry2OfCar};
    pub use crate::f1::packets::event::Event23 as Event;
    pub use crate::f1::packets::final_classification::{
        Classification25 as Classification, FinalClassification26 as FinalClassification,
    };
    pub use crate::f1::packets::header::Header23 as Header;
    pub use crate::f1::packets::lap_data::{CarLap24 as CarLap, LapData26 as LapData};
    pub use crate::f1::packets::lap_positions::LapPositions26 as LapPositions;
    pub use crate::f1::packets::lobby_info::{LobbyInfo26 as LobbyInfo, LobbyPlayer26 as LobbyPlayer};
    pub use crate::f1::packets::motion::{CarMotion26 as CarMotion, Motion26 as Motion};
    pub use crate::f1::packets::motion_ex::MotionEx25 as MotionEx;
    pub use crate::f1::packets::participants::{
        LiveryColour, Participant26 as Participant, Participants26 as Participants,
    };
    pub use crate::f1::packets::session::Session26 as Session;
    pub use crate::f1::packets::session_history::{
        HistoryLap23 as HistoryLap, SessionHistory23 as SessionHistory, TyreStint,
    };
    pub use crate::f1::packets::time_trial::{TimeTrial26 as TimeTrial, TimeTrialLap26 as TimeTrialLap};
    pub use crate::f1::packets::tyre_sets::{TyreSet, TyreSets23 as TyreSets};
}
